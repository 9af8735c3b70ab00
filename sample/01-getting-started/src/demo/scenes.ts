import type { MechanismKind } from 'nestjs-redis-flow';

/** What a message is meant to come to. */
export interface Expected {
  readonly fate: string;
  readonly attempts: number;
}

interface Common {
  readonly mechanism: MechanismKind;
  /** What tells this message from all others: see `subjectOf`. */
  readonly subject: string;
  readonly expected: Expected;
}

/** A message that is sent through the application's HTTP API. */
interface HttpScene extends Common {
  readonly by: 'HTTP';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A message that is sent by a plain Redis client, which knows nothing of the library. */
interface ClientScene extends Common {
  readonly by: 'plain client';
  readonly command: 'XADD' | 'LPUSH' | 'PUBLISH';
  /** Without the prefix of this run. */
  readonly key: string;
  readonly args: readonly string[];
}

export type Scene = HttpScene | ClientScene;

/** Names a message: by the order's id, by the e-mail's address, or by its whole data. */
export function subjectOf(mechanism: MechanismKind, data: unknown): string {
  const { orderId, to } = Object(data) as { orderId?: unknown; to?: unknown };
  if (mechanism === 'stream' && typeof orderId === 'string') return `order ${orderId}`;
  if (mechanism === 'queue' && typeof to === 'string') return `e-mail to ${to}`;
  return JSON.stringify(data);
}

const handled = (attempts = 1): Expected => ({ fate: 'handled', attempts });
const deadLetter = (reason: string, attempts = 1): Expected => ({ fate: `dead letter (${reason})`, attempts });

const order = (orderId: string, rest: object, expected: Expected): Scene => ({
  by: 'HTTP',
  mechanism: 'stream',
  subject: `order ${orderId}`,
  expected,
  path: '/orders',
  body: { orderId, ...rest },
});

const email = (to: string, expected: Expected): Scene => ({
  by: 'HTTP',
  mechanism: 'queue',
  subject: `e-mail to ${to}`,
  expected,
  path: '/emails',
  body: { to },
});

const plain = (
  mechanism: MechanismKind,
  subject: string,
  expected: Expected,
  [command, key, ...args]: readonly [ClientScene['command'], string, ...string[]],
): Scene => ({ by: 'plain client', mechanism, subject, expected, command, key, args });

/** Everything that the demo sends, in this order. */
export const SCENES: readonly Scene[] = [
  order('A1', { amount: 9.5 }, handled()),
  order('A2', { amount: 20, card: 'flaky' }, handled(3)),
  order('A3', { amount: 30, card: 'broken' }, deadLetter('exhausted', 3)),
  email('ann@example.com', handled()),
  email('busy@example.com', handled(2)),
  email('nobody@example.com', deadLetter('rejected')),
  {
    by: 'HTTP',
    mechanism: 'channel',
    subject: '"your order is on its way"',
    expected: handled(),
    path: '/notify',
    body: { userId: '7', text: 'your order is on its way' },
  },
  plain('stream', 'order B1', handled(), ['XADD', 'orders', '*', 'orderId', 'B1', 'amount', '12.5']),
  plain('stream', 'order B2', deadLetter('fatal'), ['XADD', 'orders', '*', 'orderId', 'B2', 'amount', 'lots']),
  plain('queue', 'e-mail to a', handled(), ['LPUSH', 'jobs:email', '{"to":"a"}']),
  plain('channel', '"hello"', handled(), ['PUBLISH', 'notifications:user:7', 'hello']),
];
