import { describe } from 'vitest';
import type { MechanismHarness } from '../../support/conformance/harness.js';
import { closingCases } from './closing.js';
import { concurrencyCases } from './concurrency.js';
import { contextCases } from './context.js';
import { controlFlowCases } from './control-flow.js';
import { failureCases } from './failure.js';
import { messageCases } from './messages.js';
import { restartCases } from './restart.js';
import { sharingCases } from './sharing.js';
import { thrownCases } from './thrown.js';
import { timeoutCases } from './timeout.js';
import { undecodableCases } from './undecodable.js';

const TOPICS = {
  messages: messageCases,
  concurrency: concurrencyCases,
  sharing: sharingCases,
  failure: failureCases,
  'whatever is thrown': thrownCases,
  'control flow': controlFlowCases,
  context: contextCases,
  timeout: timeoutCases,
  'undecodable bytes': undecodableCases,
  closing: closingCases,
  restart: restartCases,
};

/**
 * What every mechanism has to pass. The cases are chosen by the capabilities that it declares; one that it declares not
 * to have is shown as well, where that can be seen.
 */
export function runConformance(harness: MechanismHarness): void {
  describe(`a ${harness.kind}`, () => {
    for (const [topic, cases] of Object.entries(TOPICS)) {
      describe(`${topic}`, () => {
        cases(harness);
      });
    }
  });
}
