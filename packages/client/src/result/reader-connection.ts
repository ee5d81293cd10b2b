import { findStack } from '../find-stack.ts';
import type { ProducerConnection } from '../producer/connect-producer.ts';
import { UsageError } from '../usage-error.ts';

type Reading = { stack: string | undefined; gateway: string | undefined; environment: Readonly<Record<string, string | undefined>> };

/** Where results are read: the gateway that is named, by option or `SIGNALBOX_GATEWAY_URL`, else that of the embedded stack. */
export function readerConnection({ stack, gateway, environment }: Reading): ProducerConnection {
  if (stack !== undefined && gateway !== undefined)
    throw new UsageError('--stack and --gateway each name an installation; give one of the two.');
  const gatewayUrl = gateway ?? (stack === undefined ? environment.SIGNALBOX_GATEWAY_URL : undefined);
  return gatewayUrl === undefined ? { stack: findStack({ file: stack }) } : gatewayConnection(gatewayUrl, environment);
}

/** Everything by the API of a gateway, with the key of the environment. */
export function gatewayConnection(gatewayUrl: string, environment: Reading['environment']): ProducerConnection {
  if (!URL.canParse(gatewayUrl)) throw new UsageError(`"${gatewayUrl}" is no URL of a gateway; write it as https://…`);
  const apiKey = environment.SIGNALBOX_API_KEY;
  if (!apiKey) throw new UsageError(`Set SIGNALBOX_API_KEY to a key of ${gatewayUrl}.`);
  return { gatewayUrl, apiKey };
}
