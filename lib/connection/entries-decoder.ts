import { DATA_FIELD } from '../message/index.js';
import type { ReplyError } from './reply-error.js';
import { RESP } from './resp-bytes.js';
import { INCOMPLETE, type RespDecoder } from './resp-decoder.js';
import type { RespInput } from './resp-input.js';
import { type Entry, entriesOf, toEntry } from './stream-entries.js';

const { ARRAY, MAP, TEXT } = RESP;

/** Shared by all entries, as nearly every one has it. */
const DATA = Buffer.from(DATA_FIELD);

/**
 * Reads the replies of XREAD and XREADGROUP for one stream into entries, without what lies between. Only whole entries
 * of the usual form are read so: all else, such as one that is cut at the end of a chunk, is the general decoder's.
 */
export class EntriesDecoder {
  /** How the reply that comes is read: it is not known yet, as entries, or as any other reply is. */
  private reading: 'head' | 'entries' | 'other' = 'head';
  private entries: Entry[] = [];
  private missing = 0;

  constructor(private readonly values: RespDecoder) {}

  /** The entries of one reply, or an error that came instead, or INCOMPLETE: call again when more has come. */
  decode(input: RespInput): Entry[] | ReplyError | typeof INCOMPLETE {
    if (this.reading === 'head') this.begin(input);
    const reply = this.reading === 'entries' ? this.readEntries(input) : this.readOther(input);
    if (reply !== INCOMPLETE) this.reading = 'head';
    return reply;
  }

  private begin(input: RespInput): void {
    // A push may be under way.
    const count = this.values.isOpen ? -1 : readHead(input);
    this.reading = count < 0 ? 'other' : 'entries';
    this.entries = [];
    this.missing = count;
  }

  private readEntries(input: RespInput): Entry[] | typeof INCOMPLETE {
    const { entries, values } = this;
    for (; this.missing > 0; this.missing -= 1) {
      let entry = values.isOpen ? undefined : readEntry(input);
      if (entry === undefined) {
        const raw = values.decode(input);
        if (raw === INCOMPLETE) return INCOMPLETE;
        entry = toEntry(raw);
      }
      if (entry !== undefined) entries.push(entry);
    }
    this.entries = [];
    return entries;
  }

  private readOther(input: RespInput): Entry[] | ReplyError | typeof INCOMPLETE {
    const reply = this.values.decode(input);
    if (reply === INCOMPLETE || reply instanceof Error) return reply as ReplyError | typeof INCOMPLETE;
    return entriesOf(reply);
  }
}

/** Reads up to the entries of the only stream. @returns their number, or -1 with nothing read. */
function readHead(input: RespInput): number {
  const start = input.at;
  const isPair = input.head(ARRAY) === 1 ? input.head(ARRAY) === 2 : input.head(MAP) === 1;
  const count = isPair && input.text() !== undefined ? input.head(ARRAY) : -1;
  if (count < 0) input.at = start;
  return count;
}

/** Reads one entry. @returns undefined, with nothing read, where it is not all there or of another form. */
function readEntry(input: RespInput): Entry | undefined {
  const start = input.at;
  if (input.head(ARRAY) === 2) {
    const id = readId(input);
    const fields = id === undefined ? undefined : readFields(input);
    if (id !== undefined && fields !== undefined) return { id, fields };
  }
  input.at = start;
  return undefined;
}

function readId(input: RespInput): string | undefined {
  const length = input.head(TEXT);
  const { bytes, at } = input;
  if (!input.skip(length)) return undefined;
  return bytes.toString('latin1', at, at + length);
}

function readFields(input: RespInput): Buffer[] | undefined {
  const count = input.head(ARRAY);
  if (count < 0) return undefined;
  const fields: Buffer[] = [];
  for (let index = 0; index < count; index += 1) {
    const field = index % 2 === 0 ? readName(input) : input.text();
    if (field === undefined) return undefined;
    fields.push(field);
  }
  return fields;
}

function readName(input: RespInput): Buffer | undefined {
  const length = input.head(TEXT);
  const { bytes, at } = input;
  if (!input.skip(length)) return undefined;
  return length === DATA.length && isData(bytes, at) ? DATA : bytes.subarray(at, at + length);
}

function isData(bytes: Buffer, at: number): boolean {
  for (let index = 0; index < DATA.length; index += 1) if (bytes[at + index] !== DATA[index]) return false;
  return true;
}
