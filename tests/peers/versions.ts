import { dirname } from 'node:path';

/** What the peer checks are held against, at one version each; a newer one is a change of this file, with the differences that it brings. */
export const JARS = {
  eventRuler: 'software.amazon.event.ruler:event-ruler:1.8.1',
  dynamodbLocal: 'software.amazon.dynamodb:DynamoDBLocal:3.0.0',
  elasticMq: 'org.elasticmq:elasticmq-server_2.13:1.7.1',
} as const;

export const PYTHON_PACKAGES = {
  awsCli: ['awscli==1.46.3'],
  // SAM's translator reads YAML by PyYAML and does not say so.
  samTranslator: ['aws-sam-translator==1.115.0', 'PyYAML==6.0.3'],
  // Hypothesis chooses the cases: another version of it asks others.
  schemathesis: ['schemathesis==4.32.5', 'hypothesis==6.170.15'],
  // ministack expands SAM templates by SAM's translator, where it is there.
  ministack: ['ministack==1.4.21', 'aws-sam-translator==1.115.0', 'PyYAML==6.0.3'],
} as const;

/** How each server is started: on 127.0.0.1, with its state in memory. */
export const START = {
  /** By a main of our own: DynamoDB Local's listens on every address. */
  dynamodbLocal: ({ classPath, port, source }: { classPath: string; port: number; source: string }) => ({
    command: ['java', '-Xmx256m', '-cp', classPath, source, String(port)],
    environment: { DDB_LOCAL_TELEMETRY: '0' },
  }),
  elasticMq: ({ classPath, port }: { classPath: string; port: number }) => ({
    command: [
      'java',
      '-Xmx256m',
      '-Drest-sqs.bind-hostname=127.0.0.1',
      `-Drest-sqs.bind-port=${port}`,
      '-Drest-stats.enabled=false',
      // Where its queue URLs lead.
      '-Dnode-address.host=127.0.0.1',
      `-Dnode-address.port=${port}`,
      '-Daws.accountId=000000000000',
      '-Daws.region=us-east-1',
      '-cp',
      classPath,
      'org.elasticmq.server.Main',
    ],
    environment: {},
  }),
  /** Its functions are processes of this Node, which hand on its environment: so models are where `modelEndpoint` says, and all else is ministack. */
  ministack: ({ bin, port, folder, modelEndpoint }: { bin: string; port: number; folder: string; modelEndpoint: string }) => ({
    command: [`${bin}/ministack`],
    environment: {
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_REGION: 'us-east-1',
      MINISTACK_ACCOUNT_ID: '000000000000',
      LAMBDA_EXECUTOR: 'local',
      PERSIST_STATE: '0',
      S3_DATA_DIR: `${folder}/s3`,
      STATE_DIR: `${folder}/state`,
      TMPDIR: folder,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: modelEndpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  }),
} as const;
