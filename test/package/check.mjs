// Checks the package as users get it: packed, unpacked in a folder of its own, imported, required and compiled against.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runQuickStart, writeQuickStart } from './quick-start.mjs';
import { Scratch } from './scratch.mjs';

const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const TOP_LEVEL = ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'package.json'];

const scratch = new Scratch();

/** In this order: the optional peers are installed half-way. @type {readonly [string, () => void | Promise<void>][]} */
const CHECKS = [
  ['the tarball holds what users need and nothing else', checkFiles],
  ['the main entry point loads without the optional peers', checkWithoutOptionalPeers],
  ['an ES module can import every entry point', () => runNode('fixtures/esm.mjs')],
  ['a CommonJS module can require every entry point', () => runNode('fixtures/cjs.cjs')],
  ['the types hold for a strict consumer', checkTypes],
  ["the README's quick start compiles and runs", checkQuickStart],
];

process.exitCode = await main();

/** @returns {Promise<number>} the exit code */
async function main() {
  try {
    scratch.install();
    for (const [title, check] of CHECKS) await run(title, check);
    console.log(`${CHECKS.length} checks passed`);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    scratch.remove();
  }
}

/**
 * @param {string} title
 * @param {() => void | Promise<void>} check
 */
async function run(title, check) {
  try {
    await check();
    console.log(`✓ ${title}`);
  } catch (cause) {
    throw new Error(`✗ ${title}\n${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function checkFiles() {
  const topLevel = new Set(scratch.files.map((file) => file.split('/')[0]));
  assert.deepEqual(topLevel, new Set(TOP_LEVEL));
  const odd = scratch.files.filter((file) => file.startsWith('dist/') && !/\.(js|d\.ts|js\.map)$/.test(file));
  assert.deepEqual(odd, [], 'dist/ holds files that are no build output');
}

function checkWithoutOptionalPeers() {
  const { dependencies = {}, peerDependencies, peerDependenciesMeta = {} } = scratch.manifest;
  const peers = Object.keys(peerDependencies);
  const optional = peers.filter((name) => peerDependenciesMeta[name]?.optional === true);
  scratch.link([...Object.keys(dependencies), ...peers.filter((name) => !optional.includes(name))]);
  runNode('--input-type=module', '--eval', "await import('nestjs-redis-flow')");
  scratch.link(optional);
}

// The declarations of other packages are none of our business, our own are: so skipLibCheck is off, and errors in
// files outside of the folder are left out.
function checkTypes() {
  scratch.link(['@types/node']);
  const { status, stdout, stderr } = spawn(TSC, '--project', 'fixtures/tsconfig.json', '--pretty', 'false');
  assert.ok(status === 0 || stdout.includes('error TS'), `tsc did not run: ${stdout}${stderr}`);
  const errors = stdout.split('\n').filter((line) => /\berror TS\d/.test(line) && !/^(\.\.\/|\/)/.test(line));
  if (errors.length > 0) throw new Error(errors.join('\n'));
}

async function checkQuickStart() {
  const folder = join(scratch.folder, 'quick-start');
  writeQuickStart(folder);
  runNode(TSC, '--project', folder, '--pretty', 'false');
  await runQuickStart(folder);
}

/** @param {string[]} args */
function runNode(...args) {
  const { status, stdout, stderr } = spawn(...args);
  if (status !== 0) throw new Error(`${stdout}${stderr}`.trim());
}

/** @param {string[]} args */
function spawn(...args) {
  // Loaders and folders that this process was given would make things resolvable that users do not have.
  const env = { ...process.env, NODE_OPTIONS: '', NODE_PATH: '' };
  return spawnSync(process.execPath, args, { cwd: scratch.folder, encoding: 'utf8', env });
}
