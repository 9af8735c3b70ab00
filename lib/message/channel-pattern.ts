/** A channel as a handler names it, made ready for SUBSCRIBE or PSUBSCRIBE. */
export interface ChannelPattern {
  /** As written: `notifications:user:{userId}`. */
  readonly template: string;
  /** What Redis gets: the channel, or the glob `notifications:user:*`. */
  readonly subject: string;
  /** Whether `subject` is a glob. */
  readonly isGlob: boolean;
  /** The names of the path parameters, in order. */
  readonly params: readonly string[];
  /** The path parameters' values of a channel that Redis found to match. */
  match(channel: string): Readonly<Record<string, string>>;
}

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});
const TOKEN = /\{(\w+)\}|\\(.)|(\*)|(\?)|(\[[^\]]*\])|([^{\\*?[]+|.)/gsu;

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);

/** Puts a backslash before every character that a Redis glob reads as special. */
export const escapeGlob = (text: string): string => text.replace(/[*?[\]\\]/g, String.raw`\$&`);

interface Parts {
  glob: string;
  regExp: string;
  isGlob: boolean;
  params: string[];
}

/** What a part of a glob is in a regular expression; undefined where it stands for itself. */
function globPart(star?: string, question?: string, set?: string): string | undefined {
  if (star !== undefined) return '.*?';
  return question === undefined ? set : '.';
}

function addToken(parts: Parts, token: RegExpMatchArray): void {
  const [text, param, escaped, star, question, set] = token;
  const special = param === undefined ? globPart(star, question, set) : '(.*?)';
  parts.isGlob ||= special !== undefined;
  parts.glob += param === undefined ? text : '*';
  parts.regExp += special ?? escapeRegExp(escaped ?? text);
  if (param !== undefined) parts.params.push(param);
}

/**
 * Reads a channel: `{name}` is a path parameter, `*`, `?` and `[…]` are a Redis glob, and a backslash takes the next
 * character as it is.
 */
export function parseChannelPattern(template: string): ChannelPattern {
  const parts: Parts = { glob: '', regExp: '', isGlob: false, params: [] };
  for (const token of template.matchAll(TOKEN)) addToken(parts, token);
  const { glob, isGlob, params } = parts;
  const expression = new RegExp(`^${parts.regExp}$`, 's');
  return {
    template,
    subject: isGlob ? glob : glob.replace(/\\(.)/gs, '$1'),
    isGlob,
    params,
    match(channel) {
      if (params.length === 0) return NO_PARAMS;
      const found = expression.exec(channel);
      return Object.fromEntries(params.map((name, index) => [name, found?.[index + 1] ?? '']));
    },
  };
}
