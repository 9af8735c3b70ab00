import { LONGEST_TIME } from '../message/index.js';
import { InvalidOptionError, OptionNotAvailableError } from '../errors/index.js';

/** What is wrong with a value: what would have been allowed, whether a later version will take it, and where inside it. */
export interface Problem {
  readonly allowed: string;
  readonly notYet?: boolean;
  readonly at?: string;
  readonly value?: unknown;
}

/** Looks at one option's value. */
export type Check = (value: unknown) => Problem | undefined;

/** One check for each option that is known. */
export type Checks = Readonly<Record<string, Check>>;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What was set to undefined was not set. */
export const definedOnly = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;

const test =
  (allowed: string, isAllowed: (value: unknown) => boolean): Check =>
  (value) =>
    isAllowed(value) ? undefined : { allowed };

export const text = test('a non-empty string', (value) => typeof value === 'string' && value !== '');
export const anyText = test('a string', (value) => typeof value === 'string');
export const flag = test('true or false', (value) => typeof value === 'boolean');

export const integer = (minimum: number, unit = ''): Check =>
  test(`a whole number of at least ${minimum}${unit}`, (value) =>
    Number.isSafeInteger(value) && Number(value) >= minimum);

export const milliseconds = (minimum: number): Check =>
  test(`a whole number of milliseconds from ${minimum} to ${LONGEST_TIME}`, (value) =>
    Number.isInteger(value) && Number(value) >= minimum && Number(value) <= LONGEST_TIME);

/** A time that no timer waits for: only Redis counts it. */
export const duration = (minimum: number): Check =>
  test(`a whole number of milliseconds of at least ${minimum}`, (value) =>
    Number.isSafeInteger(value) && Number(value) >= minimum);

export const part = test('a number from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1);

/** What `instanceof` takes: an arrow function has no prototype. */
export const isClass = (value: unknown): value is new (...args: never[]) => unknown =>
  typeof value === 'function' && isObject(value.prototype);

export const callable = (signature: string): Check =>
  test(`a function ${signature}`, (value) => typeof value === 'function');

export const errorClasses = test('an array of error classes', (value) => Array.isArray(value) && value.every(isClass));

/** One of the words. */
export const oneOf = (allowed: readonly unknown[]): Check =>
  test(allowed.map((word) => JSON.stringify(word)).join(' or '), (value) => allowed.includes(value));

/** An object whose every property is known and passes its own check. */
export const object =
  (checks: Checks, required: readonly string[] = []): Check =>
  (value) => {
    if (!isObject(value)) return { allowed: `an object with ${Object.keys(checks).join(', ')}` };
    const missing = required.find((name) => value[name] === undefined);
    const names = missing === undefined ? Object.keys(value) : [missing];
    for (const name of names) {
      const problem = checkProperty(checks, name, value[name], name === missing);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };

function checkProperty(checks: Checks, name: string, value: unknown, isRequired: boolean): Problem | undefined {
  const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
  if (check === undefined)
    return { at: name, value, allowed: `left out: the known options are ${Object.keys(checks).join(', ')}` };
  if (value === undefined && !isRequired) return undefined;
  const problem = check(value);
  if (problem === undefined) return undefined;
  const at = problem.at === undefined ? name : `${name}.${problem.at}`;
  return { ...problem, at, value: 'value' in problem ? problem.value : value };
}

/**
 * Runs a check over the options of `owner`.
 *
 * @throws InvalidOptionError or OptionNotAvailableError with owner, option, value and what is allowed.
 */
export function assertOptions(owner: string, check: Check, options: unknown): void {
  const problem = check(options);
  if (problem === undefined) return;
  const ErrorType = problem.notYet === true ? OptionNotAvailableError : InvalidOptionError;
  throw new ErrorType(
    owner,
    problem.at ?? 'options',
    problem.at === undefined ? options : problem.value,
    problem.allowed,
  );
}
