import { type Argument, Script } from '../../connection/index.js';
import { DEAD_LETTER_HEADERS } from '../../policies/index.js';
import { NOW, OWNED } from './lua.js';
import { LET_GO, SETTLED } from './settle.scripts.js';
import type { StreamGroup } from './stream.group.js';

/** More words than this cannot be handed on by a script (Lua's stack ends at 8000). */
export const MOST_WORDS = 7_000;

/**
 * Makes sure that an entry may be given up, and renews its lease. KEYS: stream · ARGV: group, consumer, id, the fence, as
 * that of a dead letter · returns Redis' time in ms, or nothing where the entry is not ours.
 */
const HOLD = new Script(`${NOW}${OWNED}
local id = ARGV[3]
if owned(id) then
  redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'JUSTID')
elseif ARGV[4] ~= 'none' and not (ARGV[4] == 'gone' and gone(id)) then
  return false
end
return string.format('%.0f', now)
`);

/** A dead letter that no script can write. */
export interface WideDeadLetter {
  readonly id: string;
  readonly fence: 'none' | 'gone' | 'ours';
  /** Empty where there is none. */
  readonly mark: string;
  /** The last one is a JSON object, which gets the time of the end. */
  readonly fields: readonly Argument[];
}

/**
 * Writes a dead letter by XADD alone, between two looks at whose the entry is. When Redis or the connection fails in
 * between it can be there twice, and never not at all.
 *
 * @returns a function to be called until it does not throw; it gives one of `SETTLED`.
 */
export function wideDeadLetter(group: StreamGroup, letter: WideDeadLetter): () => Promise<unknown> {
  const { id, fence, mark } = letter;
  let isWritten = false;
  return async () => {
    if (!isWritten) {
      const now = (await group.run(HOLD, [], [id, fence])) as Buffer | null;
      if (now === null) return SETTLED.notOurs;
      await write(group, letter, now.toString());
      isWritten = true;
    }
    const settled = await group.run(LET_GO, [group.keys.progress], [id, mark]);
    return fence === 'none' ? SETTLED.done : settled;
  };
}

async function write(group: StreamGroup, { fields }: WideDeadLetter, now: string): Promise<void> {
  const client = await group.connection.command();
  const headers = `${String(fields.at(-1)).slice(0, -1)},"${DEAD_LETTER_HEADERS.lastAt}":"${now}"}`;
  await client.call('XADD', [group.keys.deadLetters, '*', ...fields.slice(0, -1), headers]);
}
