import type { StackFile } from '@signalbox/contracts';

const url = 'http://127.0.0.1:9';

/** A stack file as the embedded stack writes it. Nothing answers there. */
export const testStack: StackFile = {
  gatewayUrl: url,
  consoleUrl: null,
  awsEndpointUrl: url,
  simulatorUrl: `${url}/_simulator`,
  region: 'us-east-1',
  accountId: '000000000000',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  apiKey: 'test-key',
  queues: {
    interactive: `${url}/000000000000/signalbox-local-interactive`,
    standard: `${url}/000000000000/signalbox-local-standard`,
    bulk: `${url}/000000000000/signalbox-local-bulk`,
    rejected: `${url}/000000000000/signalbox-local-rejected`,
    deadLetter: `${url}/000000000000/signalbox-local-dead-letter`,
  },
  eventBusName: 'signalbox-local',
  appConfig: { application: 'app0001', environment: 'env0001', profile: 'pro0001' },
  tables: {
    inferences: 'signalbox-local-inferences',
    overlay: 'signalbox-local-overlay',
    access: 'signalbox-local-access',
    limits: 'signalbox-local-limits',
  },
  buckets: { data: 'signalbox-local-data' },
  pid: 1,
};
