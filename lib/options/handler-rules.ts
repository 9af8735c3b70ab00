import { InvalidOptionError } from '../errors/index.js';
import { timingOf } from './ack-checks.js';
import { type Check, type Problem, isObject } from './check.js';

/** A handler's options by name, each already checked by itself. */
type Options = Readonly<Record<string, unknown>>;

/** An option that another one rules out. */
interface Rule {
  /** Whether the other option is set in such a way. */
  readonly applies: (options: Options) => boolean;
  /** What is ruled out, dotted where it is nested. */
  readonly option: string;
  /** The values that are ruled out. @default all but undefined */
  readonly excludes?: (value: unknown) => boolean;
  readonly allowed: string;
}

const isSet =
  (option: string) =>
  (options: Options): boolean =>
    options[option] !== undefined;

const hasTiming =
  (...timings: readonly unknown[]) =>
  ({ ack }: Options): boolean =>
    timings.includes(timingOf(ack));

const notFalse = (value: unknown): boolean => value !== false;
const isTrue = (value: unknown): boolean => value === true;

const holds = ({ retry }: Options): boolean => isObject(retry) && retry['hold'] === true;

const NO_GROUP = 'left out: a reader has no group';
const ONE_BATCH = 'left out with "batch": a batch is handled and settled as one';
const NO_HOLD = 'left out or false with "batch": a batch is handled and settled as one';
const NO_BATCH = 'left out with "orderBy" or with "retry.hold": a batch is handled and settled as one';

/** Options that cannot be honoured together. */
const RULES: readonly Rule[] = [
  ...['group', 'from', 'onGroupMissing'].map((option) => ({ applies: isSet('reader'), option, allowed: NO_GROUP })),
  ...['ack', 'lease'].map((option) => ({
    applies: isSet('reader'),
    option,
    allowed: 'left out: a reader has nothing to acknowledge',
  })),
  {
    applies: isSet('reader'),
    option: 'retention',
    excludes: (value) => value === 'acked',
    allowed: `{ maxLength }, { maxAge } or left out: a reader has no group that acknowledges`,
  },
  { applies: isSet('group'), option: 'reader', allowed: 'left out with "group"' },
  { applies: isSet('batch'), option: 'orderBy', allowed: ONE_BATCH },
  { applies: isSet('batch'), option: 'retry.hold', excludes: isTrue, allowed: NO_HOLD },
  { applies: isSet('orderBy'), option: 'batch', allowed: NO_BATCH },
  { applies: holds, option: 'batch', allowed: NO_BATCH },
];

/** What an ack policy rules out. Given by the module's defaults it is ignored, as another handler's `ack` may need it. */
const ACK_RULES: readonly Rule[] = [
  {
    applies: hasTiming('before', 'none'),
    option: 'retry',
    excludes: (value) => value !== undefined && notFalse(value),
    allowed: 'false or left out: with ack "before" or "none" a message is gone from Redis before it can fail',
  },
  {
    applies: hasTiming('none'),
    option: 'deadLetter',
    excludes: isTrue,
    allowed: 'false or left out: with ack "none" what fails is dropped',
  },
  {
    applies: hasTiming('none'),
    option: 'lease',
    allowed: 'left out: with ack "none" a message belongs to nobody once it is handed out',
  },
];

const valueOf = (options: Options, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), options);

function without(options: Options, path: string): Options {
  const [name = '', nested] = path.split('.');
  const { [name]: value, ...others } = options;
  return nested === undefined || !isObject(value) ? others : { ...others, [name]: without(value, nested) };
}

function isRuledOut({ option, excludes }: Rule, options: Options): boolean {
  const value = valueOf(options, option);
  return excludes === undefined ? value !== undefined : excludes(value);
}

/** The defaults without what does not go with the options of `ruling`. */
function fitting(defaults: Options, ruling: Options, rules: readonly Rule[]): Options {
  const broken = rules.filter((rule) => rule.applies(ruling) && isRuledOut(rule, defaults));
  return broken.reduce((left, { option }) => without(left, option), defaults);
}

function brokenRule(all: Options, looked: Options, rules: readonly Rule[]): Problem | undefined {
  const broken = rules.find((rule) => rule.applies(all) && isRuledOut(rule, looked));
  return broken && { at: broken.option, value: valueOf(looked, broken.option), allowed: broken.allowed };
}

/** Looks at options that are to stand together as the module's defaults. */
export const togetherCheck: Check = (options) => (isObject(options) ? brokenRule(options, options, RULES) : undefined);

/**
 * Puts a handler's options over the module's defaults. What a handler says itself wins, also over a default that cannot
 * be honoured together with it.
 *
 * @throws InvalidOptionError for own options that cannot be honoured together, or not with a default.
 */
export function withDefaults(owner: string, own: Options, defaults: Options): Options {
  const kept = fitting(defaults, own, RULES);
  const broken = brokenRule({ ...kept, ...own }, own, [...RULES, ...ACK_RULES]);
  if (broken !== undefined) throw new InvalidOptionError(owner, broken.at ?? '', broken.value, broken.allowed);
  return { ...fitting(kept, { ...kept, ...own }, ACK_RULES), ...own };
}
