import { streamHarness } from '../support/conformance/stream.harness.js';
import { runConformance } from './suite/index.js';

runConformance(streamHarness);
