import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { OnStream, RedisFlowContext } from 'nestjs-redis-flow';

/** Something to look at. */
export interface Upload {
  readonly file: string;
}

/** Looks at files, and calls back. */
export abstract class Scanner {
  abstract scan(file: string, onEnd: (isClean: boolean) => void): void;
}

@Controller()
export class UploadsController {
  constructor(private readonly scanner: Scanner) {}

  /** Up to 50 files are with the scanner at once. One that is not heard of within a minute is scanned again. */
  @OnStream('uploads', { group: 'scan', ack: 'manual', concurrency: 50, timeout: 60_000 })
  scan(@Payload() upload: Upload, @Ctx() context: RedisFlowContext): void {
    this.scanner.scan(upload.file, (isClean) => {
      if (isClean) context.ack();
      else context.deadLetter('it has a virus');
    });
  }
}
