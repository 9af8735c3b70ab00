import { inspect } from 'node:util';

/** Anything can be thrown, also what has no JSON form. */
function jsonOrInspect(value: unknown): string {
  try {
    return (JSON.stringify(value) as string | undefined) ?? inspect(value);
  } catch {
    return inspect(value);
  }
}

/** An error for people, in one line: its class and message, or what else was thrown. */
export function errorText(error: unknown): string {
  try {
    if (error instanceof Error) return error.message === '' ? error.name : `${error.name}: ${error.message}`;
    return typeof error === 'string' ? error : jsonOrInspect(error);
  } catch {
    return 'an error that cannot be shown';
  }
}
