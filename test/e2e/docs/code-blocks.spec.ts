import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Where the code of these pages comes from. All of it compiles, and most of it is run by a test. */
const SOURCES = ['sample', 'test/e2e/docs/examples'];
/** The README's code is compiled and run by `test/package/quick-start.mjs`. */
const PAGES = [
  'channels',
  'choosing',
  'errors',
  'exactly-once',
  'handlers',
  'migration',
  'operations',
  'publishing',
  'requests',
  'streams',
];

const BLOCK = /^```ts\n(.*?)^```$/gms;
/** A line that stands for others that were left out. */
const GAP = /^\s*(?:\/\/ )?…$/m;

/** Code without what a formatter may change when it is indented in another way. */
const bare = (code: string): string => code.replaceAll(/\s+/g, '').replaceAll(/,(?=[)\]}])/g, '');

const read = (path: string): string => readFileSync(ROOT + path, 'utf8');

const sources = SOURCES.flatMap((folder) =>
  readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('/dist/'))
    .map((file) => bare(read(`${folder}/${file}`))),
);

/** Whether the parts occur in the source, one after the other. */
function holds(source: string, parts: readonly string[]): boolean {
  let at = 0;
  for (const part of parts) {
    const found = source.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}

function isTaken(block: string): boolean {
  const parts = block.split(GAP).map((part) => bare(part).replace(/;$/, ''));
  return sources.some((source) => holds(source, parts));
}

describe('the code in the documentation', () => {
  for (const page of PAGES) {
    it(`is that of the samples and the tests, line for line: ${page}`, () => {
      const blocks = [...read(`docs/${page}.md`).matchAll(BLOCK)].map(([, code = '']) => code);
      expect(blocks.length).toBeGreaterThan(0);
      expect(blocks.filter((block) => !isTaken(block))).toEqual([]);
    });
  }
});
