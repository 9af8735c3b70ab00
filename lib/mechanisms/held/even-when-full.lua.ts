/** For scripts that only move what is there already: a full memory must not keep them from it. In front of the script. */
export const EVEN_WHEN_FULL = '#!lua flags=allow-oom\n';
