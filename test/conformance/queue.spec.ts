import { queueHarness } from '../support/conformance/queue.harness.js';
import { runConformance } from './suite/index.js';

runConformance(queueHarness);
