import { findProgram } from '../find-program.mjs';

const PROGRAMS = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * The path of a Chromium: the one that BROWSER_BINARY names, or one on the PATH, or undefined.
 *
 * @returns {string | undefined}
 */
export function findBrowser() {
  const given = process.env['BROWSER_BINARY'];
  if (given) return given;
  for (const name of PROGRAMS) {
    const path = findProgram(name);
    if (path !== undefined) return path;
  }
  return undefined;
}
