import { AppConfigProvider } from '@aws-lambda-powertools/parameters/appconfig';
import { AppConfigDataClient } from '@aws-sdk/client-appconfigdata';
import { RoutingTable, type TableSource } from '@signalbox/contracts';
import { awsClientConfig } from '../aws-http.ts';
import { ContractError } from '../errors.ts';
import { createLiveDocument, type LiveDocument, type Loaded } from './live-document.ts';

export type LoadedTable = { table: RoutingTable; source: TableSource };

type Options = {
  application: string;
  environment: string;
  profile: string;
  /** Reads the copy in S3; undefined when there is none. */
  readCopy: () => Promise<string | undefined>;
  /** The table that was bundled with this code. */
  snapshot: unknown;
  /** Makes a new table ready before any request meets it. */
  prepare?: (table: RoutingTable) => void;
  onError: (error: unknown) => void;
};

/** AppConfig's own poll interval is a minute; a route change is asked for twice as often. */
const SOFT_AGE_MS = 30_000;
const HARD_AGE_MS = 120_000;

/** The routing table as AppConfig has it for this process; at a cold start without AppConfig the copy in S3, else the bundled snapshot. */
export function createRoutingTableDocument({
  application,
  environment,
  profile,
  readCopy,
  snapshot,
  prepare = () => undefined,
  onError,
}: Options): LiveDocument<LoadedTable> {
  const client = new AppConfigDataClient(awsClientConfig({ requestTimeoutMs: 2_000, maxAttempts: 2 }));
  const newProvider = () => new AppConfigProvider({ application, environment, awsSdkV3Client: client });
  let provider = newProvider();
  let lastBytes: Uint8Array | undefined;

  async function load(): Promise<Loaded<LoadedTable>> {
    const bytes = await poll();
    if (!bytes)
      throw new ContractError({
        message: `AppConfig has no deployed version of profile ${profile}. Release a routing table to it; until then the copy in S3, or the bundled one, is used.`,
      });
    if (lastBytes && Buffer.from(bytes).equals(lastBytes)) return { kind: 'unchanged' };
    const table = parseTable(Buffer.from(bytes).toString('utf8'), 'AppConfig');
    prepare(table);
    lastBytes = bytes;
    return { kind: 'value', value: { table, source: 'appconfig' } };
  }

  async function poll(): Promise<Uint8Array | undefined> {
    try {
      return await provider.get(profile, { forceFetch: true });
    } catch (error) {
      // A failed poll may have spent its single-use token; the provider would send it again for ever. A table that does not parse
      // keeps its session: a new one would be sent, and charge for, the same table at every poll.
      provider = newProvider();
      throw error;
    }
  }

  async function initial(): Promise<LoadedTable> {
    try {
      const copy = await readCopy();
      if (copy !== undefined) return { table: parseTable(copy, 'S3'), source: 's3' };
    } catch (error) {
      onError(error);
    }
    return { table: RoutingTable.parse(snapshot), source: 'snapshot' };
  }

  return createLiveDocument({ load, initial, softAgeMs: SOFT_AGE_MS, hardAgeMs: HARD_AGE_MS, onError });
}

function parseTable(text: string, origin: string): RoutingTable {
  const parsed = RoutingTable.safeParse(parseJson(text, origin));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ContractError({
    message: `The routing table from ${origin} is not valid at ${issue?.path.join('.')}: the last good table stays in use.`,
    cause: parsed.error,
  });
}

function parseJson(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ContractError({ message: `The routing table from ${origin} is not JSON: the last good table stays in use.`, cause });
  }
}
