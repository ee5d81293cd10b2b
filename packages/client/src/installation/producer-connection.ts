import type { ProducerConnection } from '../producer/connect-producer.ts';
import type { Place } from './place.ts';
import { readParameter } from './read-parameter.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How a producer reaches an installation. On AWS its queues are found by the stage; the gateway by `SIGNALBOX_GATEWAY_URL` and `SIGNALBOX_API_KEY`. */
export async function producerConnection(place: Place, environment: Environment): Promise<ProducerConnection> {
  if (place.kind === 'embedded') return { stack: place.stack };
  const [interactive, standard, bulk, bucket] = await Promise.all([
    readParameter(place, 'interactive-queue', 'inference'),
    readParameter(place, 'standard-queue', 'inference'),
    readParameter(place, 'bulk-queue', 'inference'),
    readParameter(place, 'data-bucket', 'the platform'),
  ]);
  return { queues: { interactive, standard, bulk }, bucket, ...gatewayOf(environment) };
}

/** The gateway of the environment, for an installation on AWS. */
function gatewayOf(environment: Environment): { gatewayUrl: string | undefined; apiKey: string | undefined } {
  return { gatewayUrl: environment.SIGNALBOX_GATEWAY_URL, apiKey: environment.SIGNALBOX_API_KEY };
}
