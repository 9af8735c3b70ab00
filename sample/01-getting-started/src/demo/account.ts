import { styleText } from 'node:util';
import type { DemoEvent } from './events.js';

type Format = Parameters<typeof styleText>[0];

const LABELS: Record<DemoEvent['type'], { readonly text: string; readonly format: Format }> = {
  sent: { text: '→ sent', format: 'cyan' },
  started: { text: '↻ retried', format: 'yellow' },
  handled: { text: '✓ handled', format: 'green' },
  failed: { text: '✗ failed', format: 'red' },
  'dead letter': { text: '† dead letter', format: 'magenta' },
};

/** Colours are left out by Node where they are not wanted: NO_COLOR, or no terminal. */
export const paint = (format: Format, text: string): string => styleText(format, text);

export const print = (line = ''): void => void process.stdout.write(`${line}\n`);

/** Keeps what happened, and prints it as it happens. */
export class Account {
  readonly events: DemoEvent[] = [];
  private readonly startedAt = Date.now();

  readonly add = (event: DemoEvent): void => {
    this.events.push(event);
    // The first attempt shows in its outcome.
    if (event.type !== 'started' || (event.attempt ?? 1) > 1) this.printEvent(event);
  };

  private printEvent({ type, mechanism, subject, attempt, detail }: DemoEvent): void {
    const time = `${String(Date.now() - this.startedAt).padStart(6)} ms`;
    const { text, format } = LABELS[type];
    const which = attempt === undefined ? subject : `${subject}, attempt ${attempt}`;
    const label = paint(format, text.padEnd(14));
    print(`${paint('dim', time)}  ${label} ${mechanism.padEnd(8)} ${which}${detail && `: ${detail}`}`);
  }
}
