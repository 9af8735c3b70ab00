/** An error for people, in one line: its class and message, or what else was thrown. */
export function errorText(error: unknown): string {
  if (error instanceof Error) return error.message === '' ? error.name : `${error.name}: ${error.message}`;
  return typeof error === 'string' ? error : JSON.stringify(error);
}
