import { spawn, spawnSync } from 'node:child_process';
import { findProgram } from './find-program.mjs';

/**
 * How one package manager installs something.
 *
 * @typedef {{ manager: string, script: string, asRoot: boolean }} Recipe
 */

/**
 * Runs the recipe of the first package manager that is on the PATH, where that needs no question to be answered: as root,
 * with password-less sudo, or with a manager that needs neither. Everything it prints goes to stderr.
 *
 * @param {string} what for the text that says so
 * @param {readonly Recipe[]} recipes
 * @returns {Promise<string>} the package manager
 * @throws {Error} when it cannot be installed
 */
export async function install(what, recipes) {
  const recipe = recipes.find(({ manager }) => findProgram(manager) !== undefined);
  if (!recipe) throw new Error(`${none(recipes.map(({ manager }) => manager))} is on the PATH`);
  const prefix = recipe.asRoot ? rootPrefix() : [];
  if (!prefix) throw new Error(`${recipe.manager} needs root or password-less sudo`);

  process.stderr.write(`No ${what} found: installing one with ${recipe.manager}.\n`);
  await run([...prefix, '/bin/sh', '-ec', recipe.script], recipe.manager);
  return recipe.manager;
}

/** @param {string[]} managers */
const none = (managers) => `none of ${managers.join(', ').replace(/, ([^,]*)$/, ' and $1')}`;

/** @returns {string[] | undefined} what to put in front of a command to run it as root, undefined when that is not possible */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = findProgram('sudo');
  return sudo && spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? [sudo, '-n'] : undefined;
}

/**
 * @param {string[]} command
 * @param {string} manager
 * @returns {Promise<void>}
 */
function run([program = '', ...args], manager) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', process.stderr, process.stderr] });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${manager} ended with ${signal ?? `code ${code}`}`));
    });
  });
}
