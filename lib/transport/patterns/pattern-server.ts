import { Logger } from '@nestjs/common';
import { Deadline, type Deliver, type Delivery, type DeliveryPipeline } from '../../delivery/index.js';
import { RequestCancelledError } from '../../errors/index.js';
import { type RedisClock, untilDone } from '../../mechanisms/index.js';
import type { Incoming, Message, PatternWire, RequestFacts } from '../../message/index.js';
import type { Outcome } from '../../options/index.js';
import { COMPLETED } from '../../policies/index.js';
import { Answer, type AnswerParts } from './answer.js';
import { PatternContext } from './pattern-context.js';
import type { RunningRequests } from './running-requests.js';

/** What serving a pattern takes. */
export interface PatternServerParts extends Omit<AnswerParts, 'onReply'> {
  readonly wire: PatternWire;
  /** The full name of the channel or stream. */
  readonly channel: string;
  /** Which of its messages are handled here; of a stream, events and requests have groups of their own. */
  readonly takes: (isRequest: boolean) => boolean;
  /** Where messages may have waited in Redis, its clock; undefined for channels. */
  readonly clock: RedisClock | undefined;
  readonly running: RunningRequests;
}

/** Takes the messages of one pattern to its handlers: events as any message, requests with an answer. */
export class PatternServer {
  private readonly logger = new Logger('RedisFlowDelivery');

  constructor(
    private readonly pipeline: DeliveryPipeline,
    private readonly parts: PatternServerParts,
  ) {}

  readonly deliver: Deliver = async (delivery) => {
    const { pipeline } = this;
    const received = pipeline.messageOf(delivery);
    if ('failure' in received) return pipeline.settle(delivery, undefined, received.failure);
    const incoming = this.parts.wire.readMessage(received, this.parts.channel);
    const message = this.messageOf(received, incoming);
    if (!this.parts.takes(incoming.request !== undefined)) return pipeline.settle(delivery, message, COMPLETED);
    const known = pipeline.knownSettlement(delivery, message);
    if (known !== undefined) return pipeline.carryOut(delivery, message, known);
    const outcome = await this.outcomeOf(delivery, message, incoming.request);
    await pipeline.settle(delivery, message, outcome);
  };

  /** As its handler gets it: without what only the transport needs. */
  private messageOf({ id, source, timestamp }: Message, { data, headers }: Incoming): Message {
    const { pattern } = this.parts;
    return { id, data, headers, timestamp, source: source.key === pattern ? source : { ...source, key: pattern } };
  }

  private async outcomeOf(delivery: Delivery, message: Message, request: RequestFacts | undefined): Promise<Outcome> {
    if (request === undefined) return this.pipeline.run(new PatternContext(message, delivery));
    const { running } = this.parts;
    if (!running.begin(request.id, delivery.abort)) return COMPLETED;
    try {
      return await this.serve(delivery, message, request);
    } finally {
      running.end(request.id);
    }
  }

  private async serve(delivery: Delivery, message: Message, request: RequestFacts): Promise<Outcome> {
    const { abort } = delivery;
    const { within } = request;
    const left = within === undefined ? undefined : await this.timeLeft(delivery, within);
    if (abort.aborted) return COMPLETED;
    if (left === undefined || within === undefined) return this.answer(delivery, message, request, () => undefined);
    if (left <= 0) return dropped(`its caller has waited for ${within} ms and does not wait any more`);
    const cancel = (): void => abort.abort(new RequestCancelledError(this.parts.pattern, `${within} ms have passed`));
    const deadline = new Deadline(left, cancel);
    const outcome = await this.answer(delivery, message, request, () => deadline.move(within));
    deadline.clear();
    return outcome;
  }

  private async answer(
    delivery: Delivery,
    message: Message,
    request: RequestFacts,
    onReply: () => void,
  ): Promise<Outcome> {
    const { abort, source } = delivery;
    const answer = new Answer(request, abort, { ...this.parts, onReply });
    // A stream hands the request to another instance; of a channel's nobody else would say a word.
    if (source.mechanism === 'channel')
      abort.onAbort((reason) => {
        if (!(reason instanceof RequestCancelledError)) answer.refuse(reason);
      });
    const outcome = await this.pipeline.run(new PatternContext(message, delivery, answer));
    if (outcome.type !== 'failed') return outcome;
    // Its handler's time is over.
    answer.refuse(outcome.error);
    return dropped('its caller has the error', outcome.error);
  }

  /** How long the caller still waits, in ms. */
  private async timeLeft({ timestamp, abort }: Delivery, within: number): Promise<number> {
    const { clock, pattern } = this.parts;
    // A channel's message has waited nowhere but here.
    if (clock === undefined) return within - (Date.now() - timestamp);
    const ask = async () => clock.now();
    const what = `asking for the time at a request of "${pattern}"`;
    const now = await untilDone(what, ask, () => abort.aborted, this.logger);
    return within - ((now ?? Infinity) - timestamp);
  }
}

const dropped = (reason: string, error?: unknown): Outcome => ({
  type: 'decided',
  settlement: { type: 'drop', reason, error },
});
