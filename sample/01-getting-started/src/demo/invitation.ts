import { paint, print } from './account.js';
import { withoutPassword } from './redis-state.js';

/** Says what can be tried while the application is up. */
export function invite(url: string, connection: string, prefix: string): void {
  const json = `-H 'content-type: application/json'`;
  const cli = `redis-cli -u ${withoutPassword(connection)}`;
  print(`${paint('bold', `The application is up at ${url}`)} – in another terminal, try:`);
  print();
  print(`  curl ${url}/orders ${json} -d '{"orderId":"1","amount":9.5,"card":"flaky"}'`);
  print(`  curl ${url}/emails ${json} -d '{"to":"busy@example.com"}'`);
  print(`  curl ${url}/notify ${json} -d '{"userId":"7","text":"hello"}'`);
  print(`  curl ${url}/health`);
  print(`  ${cli} XADD ${prefix}orders '*' orderId 2 amount 9.5`);
  print(`  ${cli} LPUSH ${prefix}jobs:email '{"to":"nobody@example.com"}'`);
  print(`  ${cli} PUBLISH ${prefix}notifications:user:7 hello`);
  print(`  ${cli} XRANGE ${prefix}orders:dlq - +`);
  print();
  print('What happens shows here. Ctrl-C ends it and deletes the keys.');
  print();
}
