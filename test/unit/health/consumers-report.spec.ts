import { describe, expect, it } from 'vitest';
import { reportConsumers } from '../../../lib/health/consumers-report.js';

const alive = { label: 'queue "jobs"', alive: true, running: 2 };
const dead = { label: 'stream "orders"', alive: false, reason: 'NOGROUP', running: 1 };
const impaired = { label: 'stream "bills"', alive: true, degraded: 'a dead letter cannot be written', running: 0 };

describe('consumers together', () => {
  it('are up while all are, also where there are none', () => {
    expect(reportConsumers([alive, alive])).toEqual({ status: 'up', details: { consumers: 2, running: 4 } });
    expect(reportConsumers([])).toEqual({ status: 'up', details: { consumers: 0, running: 0 } });
  });

  it('are degraded where one has trouble', () => {
    expect(reportConsumers([alive, impaired])).toEqual({
      status: 'degraded',
      details: { consumers: 2, running: 2, degraded: ['stream "bills": a dead letter cannot be written'] },
    });
  });

  it('are down where one is dead, and the trouble of others is told as well', () => {
    expect(reportConsumers([alive, dead, impaired])).toEqual({
      status: 'down',
      details: {
        consumers: 3,
        running: 3,
        dead: ['stream "orders": NOGROUP'],
        degraded: ['stream "bills": a dead letter cannot be written'],
      },
    });
  });

  it('say that one is not alive where it gives no reason', () => {
    const silent = { label: 'queue "jobs"', alive: false, running: 0 };
    expect(reportConsumers([silent]).details.dead).toEqual(['queue "jobs": not alive']);
  });
});
