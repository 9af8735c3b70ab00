export { Bag, type Bagged } from './bag.js';
export { Fifo } from './fifo.js';
export { TransientMap } from './transient-map.js';
export { TransientSet } from './transient-set.js';
