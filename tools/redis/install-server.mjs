import { install } from '../install.mjs';
import { findRedisServer } from './find-server.mjs';

// Debian's package starts a service and enables it for the next boot. Both are unwanted here: policy-rc.d forbids the
// first while the package is set up. The lock on dpkg's folder is for several programs that install at the same time.
// The update may fail because of a source that has nothing to do with Redis: whether it works out, the install tells.
const APT_SCRIPT = `
exec 9</var/lib/dpkg; flock 9
if command -v redis-server >/dev/null; then exit 0; fi
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\\nexit 101\\n' >"$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update 9<&- || true
apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends redis-server 9<&-
if [ -d /run/systemd/system ]; then systemctl disable redis-server.service 9<&-; fi
`;

/**
 * What installs a server with each package manager. The first one that is on the PATH is used.
 *
 * @type {readonly import('../install.mjs').Recipe[]}
 */
const RECIPES = [
  { manager: 'apt-get', script: APT_SCRIPT, asRoot: true },
  { manager: 'apk', script: 'apk add --no-cache redis', asRoot: true },
  { manager: 'dnf', script: 'dnf -y install redis || dnf -y install valkey', asRoot: true },
  { manager: 'brew', script: 'brew install redis', asRoot: false },
];

/**
 * Installs a Redis server with the system's package manager, where that needs no question to be answered: as root, with
 * password-less sudo, or with Homebrew. Everything it prints goes to stderr. No server is left running.
 *
 * @returns {Promise<string>} the path of the server
 * @throws {Error} when it cannot be installed
 */
export async function installRedisServer() {
  const manager = await install('Redis server', RECIPES);
  const binary = findRedisServer();
  if (!binary) throw new Error(`${manager} installed no server that is on the PATH`);
  return binary;
}
