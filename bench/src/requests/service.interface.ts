import type { ClientProxy } from '@nestjs/microservices';

/** A service that runs. */
export interface Service {
  stop(): Promise<void>;
}

/** One way to ask and to answer: an application that serves `key`, and a client that asks it. */
export interface RequestContender {
  /** What it does, for the tables. */
  readonly label: string;
  readonly serve: (url: string, key: string) => Promise<Service>;
  readonly connect: (url: string) => Pick<ClientProxy, 'connect' | 'send' | 'close'>;
}
