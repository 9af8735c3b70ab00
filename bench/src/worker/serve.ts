import { now } from '../clock.js';

/** What a worker tells its parent. */
export type Report<Result> =
  | { readonly type: 'listening'; readonly clock: number }
  | { readonly type: 'done'; readonly result: Result }
  | { readonly type: 'failed'; readonly why: string };

const textOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

/** Does what the parent asks for, each time it asks. The process ends when its parent lets go of it. */
export function serve<Task, Result>(perform: (task: Task, isListening: () => void) => Promise<Result>): void {
  const tell = (report: Report<Result>): void => void process.send?.(report);
  process.on('message', (task: Task) => {
    perform(task, () => tell({ type: 'listening', clock: now() })).then(
      (result) => tell({ type: 'done', result }),
      (error: unknown) => tell({ type: 'failed', why: textOf(error) }),
    );
  });
}
