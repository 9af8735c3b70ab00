// The process of one service. Argument: the contender.
import type { Source } from '../consumers/consumer.interface.js';
import { REQUEST_CONTENDERS, type RequestContenderName } from '../requests/contenders.js';
import type { Service } from '../requests/service.interface.js';
import { serve } from './serve.js';

/** Whether the service is to be started or stopped. */
export interface Turn extends Source {
  readonly isOn: boolean;
}

const contender = REQUEST_CONTENDERS[process.argv[2] as RequestContenderName];
let service: Service | undefined;

serve<Turn, null>(async ({ url, key, isOn }) => {
  if (isOn) service = await contender.serve(url, key);
  else await service?.stop();
  return null;
});
