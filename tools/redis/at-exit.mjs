/** @type {Set<() => void>} */
const actions = new Set();

// One listener for all: one per action would run into Node's warning about too many listeners. Last in, first out.
function runAll() {
  for (const action of [...actions].reverse()) action();
}

/**
 * Runs an action when this process exits, even through `process.exit()`.
 *
 * @param {() => void} action
 * @returns {() => void} takes it back
 */
export function atExit(action) {
  if (actions.size === 0) process.once('exit', runAll);
  actions.add(action);
  return () => {
    actions.delete(action);
    if (actions.size === 0) process.off('exit', runAll);
  };
}
