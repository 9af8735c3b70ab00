import { channelHarness } from '../support/conformance/channel.harness.js';
import { runConformance } from './suite/index.js';

runConformance(channelHarness);
