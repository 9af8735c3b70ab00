import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const repository = join(here, '../..');

/**
 * A folder of a user who has installed the packed package. Nothing is fetched: the package comes from its tarball, and
 * what it may import is linked from this repository.
 */
export class Scratch {
  // The real path: compilers report files by it.
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'redis-flow-package-')));
  installed = join(this.folder, 'node_modules/nestjs-redis-flow');

  /** Packs the repository, and puts the tarball's content and the fixtures in place. */
  install() {
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', this.folder], {
      cwd: repository,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const tarball = readdirSync(this.folder).find((name) => name.endsWith('.tgz'));
    if (tarball === undefined) throw new Error('npm pack made no tarball');
    mkdirSync(this.installed, { recursive: true });
    execFileSync('tar', ['-xzf', join(this.folder, tarball), '-C', this.installed, '--strip-components=1']);
    cpSync(join(here, 'fixtures'), join(this.folder, 'fixtures'), { recursive: true });
    cpSync(join(here, 'public-api.mjs'), join(this.folder, 'public-api.mjs'));
  }

  /** The package.json of the installed package. */
  get manifest() {
    return /** @type {Manifest} */ (JSON.parse(readFileSync(join(this.installed, 'package.json'), 'utf8')));
  }

  /** The files of the installed package, as paths relative to its root. */
  get files() {
    const entries = readdirSync(this.installed, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.installed.length + 1));
  }

  /**
   * Makes packages of this repository visible to the user.
   *
   * @param {readonly string[]} names
   */
  link(names) {
    for (const name of names) {
      const link = join(this.folder, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(repository, 'node_modules', name), link, 'dir');
    }
  }

  /** Deletes the folder. */
  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * @typedef {object} Manifest
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} peerDependencies
 * @property {Record<string, { optional?: boolean }>} [peerDependenciesMeta]
 */
