import { TransientSet } from '../collections/index.js';
import { ConnectionLostError, errorText } from '../errors/index.js';
import type { RedisClient } from './client-inside.js';
import { destroyClient } from './create-client.js';
import { type Link, type LinkOwner, type Request, tellLost } from './link.js';
import { replyCode } from './redis-errors.js';
import { entriesOf } from './stream-entries.js';
import { WriteGathering } from './write-gathering.js';

/**
 * Only by its small letters does ioredis 5 know a command, and so which node of a Cluster it goes to. By them ioredis also
 * gives another shape to what hashes, sorted sets and vectors reply.
 */
const nameOf = (name: string): string => (/^[HVZ]/.test(name) ? name : name.toLowerCase());

/** Speaks to Redis through ioredis' public methods, whatever client it is. */
export class ClientLink implements Link {
  private readonly inFlight = new TransientSet<Request>();
  private lost: ConnectionLostError | undefined;
  private cause: unknown;
  private readonly writes: WriteGathering;

  constructor(
    private readonly client: RedisClient,
    private readonly owner: LinkOwner,
  ) {
    this.writes = new WriteGathering(client);
    client.on('error', (error) => (this.cause = error));
    client.once('close', () => this.destroy('closed'));
  }

  send(requests: readonly Request[]): void {
    if (this.lost !== undefined) return tellLost(requests, this.lost);
    for (const request of requests) this.inFlight.add(request);
    this.writes.begin();
    for (const request of requests) {
      const [name, ...args] = request.args;
      this.client.callBuffer(nameOf(String(name)), ...args).then(
        (reply) => this.answer(request, undefined, request.reads === true ? entriesOf(reply) : reply),
        (error: unknown) => this.refuse(request, error),
      );
    }
  }

  destroy(why: string): void {
    if (this.lost !== undefined) return;
    const { client, cause, owner, inFlight } = this;
    this.lost = new ConnectionLostError(owner.label, cause === undefined ? why : errorText(cause), { cause });
    destroyClient(client);
    tellLost([...inFlight], this.lost);
    inFlight.clear();
    owner.lost(this.lost);
  }

  private refuse(request: Request, error: unknown): void {
    if (replyCode(error) !== undefined) return this.answer(request, error, undefined);
    this.cause ??= error;
    this.destroy('failed');
  }

  /** ioredis may answer after the link was given up, or not at all. */
  private answer(request: Request, error: unknown, reply: unknown): void {
    if (this.lost === undefined && this.inFlight.delete(request)) request.done(error, reply);
  }
}
