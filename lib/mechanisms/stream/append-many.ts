import { type Codec, type HeaderRecord, encodeData, encodeHeaders } from '../../message/index.js';
import { type Argument, type ProducerRequest, runScript } from '../producer.js';
import { APPEND_MANY } from './append.scripts.js';

/** One of many entries. */
export interface StreamMessage {
  readonly data: unknown;
  readonly headers?: HeaderRecord | undefined;
  readonly id?: string | undefined;
}

interface Entry {
  readonly id: string;
  readonly payload: Buffer | string;
  /** The headers' JSON, empty where there are none. */
  readonly headers: string;
}

/** Redis does nothing else while a script runs, so one call takes a few milliseconds at most. */
const MOST_ENTRIES = 500;
/** Characters or bytes. One entry alone may be larger. */
const MOST_TEXT = 1_024 * 1_024;

/**
 * Appends entries in order, one script for each chunk of them. The next chunk is sent when the one before is there, so
 * that nothing comes after an entry that was refused.
 *
 * @param ids gets the ids of the entries that are there, also where it ends early.
 * @throws what Redis answered, or what happened to the connection. UnencodableMessageError, before anything is sent.
 */
export async function appendMany(
  { connection, codec }: ProducerRequest,
  stream: string,
  messages: readonly StreamMessage[],
  ids: string[],
): Promise<void> {
  const key = connection.keys.of(stream);
  const entries = messages.map((message) => encode(message, codec));
  for (let from = 0; from < entries.length;) {
    const to = chunkEnd(entries, from);
    const reply = await runScript(connection, APPEND_MANY, [key], argumentsOf(entries.slice(from, to)));
    const [done, refusal] = Array.isArray(reply) ? (reply as unknown[]) : [reply];
    const text = String(done);
    if (text !== '') ids.push(...text.split(' '));
    if (refusal !== undefined) throw refusal;
    from = to;
  }
}

function encode({ data, headers, id = '*' }: StreamMessage, codec: Codec): Entry {
  return { id, payload: encodeData(data, codec), headers: encodeHeaders(headers) ?? '' };
}

/** Where the chunk that begins at `from` ends. */
function chunkEnd(entries: readonly Entry[], from: number): number {
  let to = from;
  for (let text = 0; to < entries.length && to - from < MOST_ENTRIES; to += 1) {
    const { payload, headers } = entries[to] as Entry;
    text += payload.length + headers.length;
    if (text > MOST_TEXT && to > from) break;
  }
  return to;
}

function argumentsOf(entries: readonly Entry[]): Argument[] {
  const isBare = entries.every(({ id, headers }) => id === '*' && headers === '');
  if (isBare) return [1, ...entries.map(({ payload }) => payload)];
  return [3, ...entries.flatMap(({ id, payload, headers }) => [id, payload, headers])];
}
