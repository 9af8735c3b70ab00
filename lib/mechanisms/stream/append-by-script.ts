import { DedupeConflictError } from '../../errors/index.js';
import { encodeStreamEntry } from '../../message/index.js';
import { type Argument, type ProducerRequest, runScript } from '../producer.js';
import { APPEND } from './append.scripts.js';
import { type Dedupe, type ResolvedDedupe, dedupeOf, digestOf, withIdempotencyKey } from './dedupe.js';
import type { AppendCommandOptions } from './stream.commands.js';

/** Everything that an append can be asked for. */
export interface EntryOptions extends AppendCommandOptions {
  /** In ms by Redis' clock. @default entries of any age stay */
  readonly maxAge?: number | undefined;
  readonly dedupe?: string | Dedupe | undefined;
}

/**
 * Appends what needs more than XADD: an entry that is known again, or one at which older ones go by their age.
 *
 * @throws DedupeConflictError for another payload under a known key. UnencodableMessageError.
 */
export async function appendByScript(
  request: ProducerRequest,
  stream: string,
  data: unknown,
  options: EntryOptions,
): Promise<string> {
  const { connection, codec } = request;
  const dedupe = dedupeOf(options.dedupe);
  if (dedupe !== undefined) return appendOnce(request, stream, data, options, dedupe);
  const fields = encodeStreamEntry(data, codec, options.headers, options.format);
  const args = [...limitsOf(options), '', '', options.id ?? '*', ...fields];
  return String(await runScript(connection, APPEND, [connection.keys.of(stream)], args));
}

async function appendOnce(
  { connection, codec }: ProducerRequest,
  stream: string,
  data: unknown,
  options: EntryOptions,
  { key, window }: ResolvedDedupe,
): Promise<string> {
  const headers = withIdempotencyKey(options.headers, key);
  const fields = encodeStreamEntry(data, codec, headers, options.format);
  // The last two are the headers: with another trace id it is the same message all the same.
  const digest = digestOf(fields.slice(0, -2));
  const keys = [connection.keys.of(stream), connection.keys.derived(stream, `dedupe:${key}`)];
  const args = [...limitsOf(options), window, digest, options.id ?? '*', ...fields];
  const [id = '', known = digest] = String(await runScript(connection, APPEND, keys, args)).split(' ');
  if (known !== digest) throw new DedupeConflictError(stream, key, id);
  return id;
}

const limitsOf = ({ maxAge, maxLength }: EntryOptions): Argument[] => [maxAge ?? '', maxLength ?? ''];
