import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A project of tests that talk to a real server, started for the run unless REDIS_URL points at one. */
const withRedis = (name: string): TestProjectInlineConfiguration => ({
  extends: true,
  test: {
    name,
    include: [`test/${name}/**/*.spec.ts`],
    globalSetup: ['test/support/redis.global-setup.ts'],
  },
});

/** Tests that harm processes, servers and wires, and mostly wait: two files at a time, after all the others. */
const withFaults = (): TestProjectInlineConfiguration => {
  const { test, ...rest } = withRedis('faults');
  return { ...rest, test: { ...test, testTimeout: 180_000, maxWorkers: 2, sequence: { groupOrder: 1 } } };
};

export default defineConfig({
  // Explicit, because Vite only reads the decorator flags of a tsconfig whose "include" covers the file.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: {
    alias: [
      { find: /^nestjs-redis-flow$/, replacement: source('./lib/index.ts') },
      { find: /^nestjs-redis-flow\/terminus$/, replacement: source('./lib/terminus.ts') },
    ],
  },
  test: {
    setupFiles: ['reflect-metadata'],
    // Most tests wait for Redis or for a time: more of them than there are cores.
    maxWorkers: 4,
    // Long enough for a machine that does other things as well: no test is about being fast.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { provider: 'v8', include: ['lib/**/*.ts'], exclude: ['lib/**/index.ts', 'lib/**/*.interface.ts'] },
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.spec.ts'] } },
      withRedis('conformance'),
      withRedis('integration'),
      withRedis('e2e'),
      withFaults(),
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: { enabled: true, only: true, include: ['test/types/**/*.test-d.ts'] },
        },
      },
    ],
  },
});
