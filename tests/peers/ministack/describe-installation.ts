import { createHash, randomBytes } from 'node:crypto';
import { DEFAULT_TENANT, StackFile } from '@signalbox/contracts';
import { dynamoCall } from '../dynamodb-local/dynamo-call.ts';
import { type Deployed, STAGE } from './deploy-stacks.ts';

type Place = { endpoint: string; simulatorUrl: string; credentials: StackFile['credentials']; deployed: Deployed };

/** What `stack.json` would say of the installation, with a key that opens its gateway. */
export async function describeInstallation({ endpoint, simulatorUrl, credentials, deployed }: Place): Promise<StackFile> {
  const id = (logicalId: string) => {
    const found = deployed[logicalId];
    if (found === undefined) throw new Error(`no template made the resource ${logicalId}, which this check needs`);
    return found;
  };
  return StackFile.parse({
    gatewayUrl: `${endpoint}/restapis/${id('Api')}/${STAGE}/_user_request_`,
    consoleUrl: null,
    awsEndpointUrl: endpoint,
    simulatorUrl,
    region: 'us-east-1',
    accountId: '000000000000',
    credentials,
    apiKey: await makeKey(endpoint, id('AccessTable')),
    queues: {
      interactive: id('InteractiveQueue'),
      standard: id('StandardQueue'),
      bulk: id('BulkQueue'),
      rejected: id('RejectedQueue'),
      deadLetter: id('DeadLetterQueue'),
    },
    eventBusName: id('EventBus'),
    appConfig: { application: id('Application'), environment: id('Environment'), profile: id('RoutingTableProfile') },
    tables: { inferences: id('InferencesTable'), overlay: id('OverlayTable'), limits: id('LimitsTable'), access: id('AccessTable') },
    buckets: { data: id('DataBucket') },
    pid: process.pid,
  });
}

async function makeKey(endpoint: string, table: string): Promise<string> {
  const [prefix, secret] = [randomBytes(4).toString('hex'), randomBytes(16).toString('hex')];
  const answer = await dynamoCall(endpoint, 'PutItem', {
    TableName: table,
    Item: {
      pk: { S: `key#${prefix}` },
      secretHash: { S: createHash('sha256').update(secret).digest('hex') },
      tenant: { S: DEFAULT_TENANT },
      scopes: { L: [{ S: '*' }] },
      createdAt: { S: new Date().toISOString() },
    },
  });
  if ('__type' in answer) throw new Error(`the key could not be stored in ${table}: ${JSON.stringify(answer)}`);
  return `sbx_${prefix}_${secret}`;
}
