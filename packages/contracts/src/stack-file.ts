import * as z from 'zod/mini';

/** What a running installation tells clients: `stack.json`, written when it is ready. */
export const StackFile = z.object({
  gatewayUrl: z.url(),
  /** Null until the console exists. */
  consoleUrl: z.nullable(z.url()),
  awsEndpointUrl: z.url(),
  simulatorUrl: z.url(),
  region: z.string(),
  accountId: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  apiKey: z.string(),
  /** Queue URLs. */
  queues: z.object({ interactive: z.url(), standard: z.url(), bulk: z.url(), rejected: z.url(), deadLetter: z.url() }),
  eventBusName: z.string(),
  appConfig: z.object({ application: z.string(), environment: z.string(), profile: z.string() }),
  /** Logical name to table name. */
  tables: z.record(z.string(), z.string()),
  /** Logical name to bucket name. */
  buckets: z.record(z.string(), z.string()),
  pid: z.int(),
});
export type StackFile = z.infer<typeof StackFile>;
