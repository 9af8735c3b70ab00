/**
 * Rejects where there is no answer within `ms`. It may still come, and is not waited for.
 *
 * @param late says what is rejected with.
 */
export async function inTime<T>(answer: Promise<T>, ms: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let look: NodeJS.Immediate | undefined;
  const isLate = new Promise<never>((_, reject) => {
    // A process that was held up has not looked yet at an answer that has come: it does so in this turn.
    timer = setTimeout(() => (look = setImmediate(() => reject(late()))), ms);
  });
  try {
    return await Promise.race([answer, isLate]);
  } finally {
    clearTimeout(timer);
    clearImmediate(look);
  }
}
