import { readFileSync } from 'node:fs';
import * as library from 'nestjs-redis-flow';
import { REDIS_FLOW_ERROR_CODES, RedisFlowError } from 'nestjs-redis-flow';
import { expect, it } from 'vitest';

type ErrorClass = new (...args: unknown[]) => RedisFlowError;

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
/** The class that the page names beside each code. */
const documented = [...page.matchAll(/^\| `([A-Z_]+)`[^|]*\| `(\w+)`/gm)].map(([, code, name]) => `${code} ${name}`);

const classes = Object.values(library).filter(
  (exported) => typeof exported === 'function' && exported.prototype instanceof RedisFlowError,
) as unknown as ErrorClass[];

it('the page about errors has every code once, beside its class', () => {
  const known = classes.map((ErrorOfCode) => `${new ErrorOfCode('a', 'b', ['c'], 'd').code} ${ErrorOfCode.name}`);
  expect(new Set(documented)).toEqual(new Set(known));
  expect(documented).toHaveLength(REDIS_FLOW_ERROR_CODES.length);
});
