import { DynamoDBProvider } from '@aws-lambda-powertools/parameters/dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { RoutingOverlay } from '@signalbox/contracts';
import { awsClientConfig } from '../aws-http.ts';
import { ContractError } from '../errors.ts';
import { createLiveDocument, type LiveDocument, type Loaded } from './live-document.ts';

const SOFT_AGE_MS = 1_000;
const HARD_AGE_MS = 5_000;
const OVERLAY_ID = 'overlay#0';

/** Fleet health as the controller last published it; undefined when there is none: then the table's order stands. */
export function createOverlayDocument({
  tableName,
  onError,
}: {
  tableName: string;
  onError: (error: unknown) => void;
}): LiveDocument<RoutingOverlay | undefined> {
  const provider = new DynamoDBProvider({
    tableName,
    awsSdkV3Client: new DynamoDBClient(awsClientConfig({ requestTimeoutMs: 500, maxAttempts: 1 })),
  });
  let lastText: string | undefined;

  async function load(): Promise<Loaded<RoutingOverlay | undefined>> {
    const text = (await provider.get(OVERLAY_ID, { forceFetch: true })) as string | undefined;
    if (text === undefined || text === lastText) return { kind: 'unchanged' };
    const parsed = RoutingOverlay.safeParse(parseJson(text));
    if (!parsed.success)
      throw new ContractError({
        message: 'The routing overlay does not have its promised shape; the last good one stays in use.',
        cause: parsed.error,
      });
    lastText = text;
    return { kind: 'value', value: parsed.data, seq: parsed.data.seq };
  }

  return createLiveDocument<RoutingOverlay | undefined>({
    load,
    initial: () => undefined,
    softAgeMs: SOFT_AGE_MS,
    hardAgeMs: HARD_AGE_MS,
    onError,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ContractError({ message: 'The routing overlay is not JSON; the last good one stays in use.', cause });
  }
}
