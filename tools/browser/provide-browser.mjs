import { install } from '../install.mjs';
import { findBrowser } from './find-browser.mjs';

// The lock on dpkg's folder is for several programs that install at the same time. The update may fail because of a
// source that has nothing to do with it: whether it works out, the install tells. Ubuntu has the browser as a snap only.
const APT_SCRIPT = `
exec 9</var/lib/dpkg; flock 9
if command -v chromium-headless-shell >/dev/null; then exit 0; fi
export DEBIAN_FRONTEND=noninteractive
apt-get update 9<&- || true
apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends chromium-headless-shell 9<&-
`;

/** @type {readonly import('../install.mjs').Recipe[]} */
const RECIPES = [
  { manager: 'apt-get', script: APT_SCRIPT, asRoot: true },
  { manager: 'apk', script: 'apk add --no-cache chromium', asRoot: true },
  { manager: 'dnf', script: 'dnf -y install chromium-headless', asRoot: true },
];

/**
 * A Chromium to test pages with: one that is there, or else one that is installed now, where that needs no question to
 * be answered.
 *
 * @returns {Promise<string>} its path
 * @throws {Error} when there is none and none can be installed, with what to do about it
 */
export async function provideBrowser() {
  const found = findBrowser();
  if (found !== undefined) return found;
  try {
    const manager = await install('browser', RECIPES);
    const installed = findBrowser();
    if (installed !== undefined) return installed;
    throw new Error(`${manager} installed no browser that is on the PATH`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `There is no browser to test pages with, and none can be installed (${reason}). ` +
        `Install Chromium or Google Chrome, or set BROWSER_BINARY to one.`,
      { cause },
    );
  }
}
