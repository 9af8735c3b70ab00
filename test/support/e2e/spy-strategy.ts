import { type CustomTransportStrategy, Server } from '@nestjs/microservices';

/** Somebody else's transport: it only remembers what Nest hands over. */
export class SpyStrategy extends Server implements CustomTransportStrategy {
  isListening = false;

  listen(callback: () => void): void {
    this.isListening = true;
    callback();
  }

  close(): void {
    this.isListening = false;
  }

  on(): void {}

  unwrap<T>(): T {
    return undefined as T;
  }

  get patterns(): string[] {
    return [...this.messageHandlers.keys()];
  }
}
