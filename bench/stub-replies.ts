import { EventStreamCodec } from '@smithy/eventstream-codec';
import { routingTableJson } from './routing-table.ts';
import { answerPieces, answerText, usage } from './sample-conversation.ts';

export type StubReply = { name: string; contentType: string; body: string | Buffer; headers?: Record<string, string> };
export type StubRequest = { path: string; target: string | undefined; body: () => string };

const JSON_TYPE = 'application/json';
const AWS_JSON_TYPE = 'application/x-amz-json-1.0';

const table = routingTableJson();
const converse = JSON.stringify({
  output: { message: { role: 'assistant', content: [{ text: answerText }] } },
  stopReason: 'end_turn',
  usage,
  metrics: { latencyMs: 1 },
});
const converseStream = Buffer.concat([
  frame('messageStart', { role: 'assistant' }),
  ...answerPieces.map((text) => frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text } })),
  frame('contentBlockStop', { contentBlockIndex: 0 }),
  frame('messageStop', { stopReason: 'end_turn' }),
  frame('metadata', { usage, metrics: { latencyMs: 1 } }),
]);

/** Answers what the worker asks of AWS, at once and as AWS would on a good day; undefined for what it never asks. */
export function replyTo({ path, target, body }: StubRequest): StubReply | undefined {
  if (target) return replyToTarget(target.slice(target.indexOf('.') + 1), body);
  if (path.endsWith('/converse')) return { name: 'Converse', contentType: JSON_TYPE, body: converse };
  if (path.endsWith('/converse-stream'))
    return { name: 'ConverseStream', contentType: 'application/vnd.amazon.eventstream', body: converseStream };
  if (path === '/configurationsessions')
    return { name: 'StartConfigurationSession', contentType: JSON_TYPE, body: '{"InitialConfigurationToken":"first"}' };
  if (path.startsWith('/configuration?')) return replyWithTable(path);
  return undefined;
}

function replyToTarget(name: string, body: () => string): StubReply | undefined {
  const json = (value: unknown) => ({ name, contentType: AWS_JSON_TYPE, body: JSON.stringify(value) });
  switch (name) {
    case 'UpdateItem':
      return json({});
    case 'GetItem':
      // The tenants of a bench have no limits.
      if (body().includes('signalbox-bench-limits')) return json({});
      return json({ Item: { id: { S: 'overlay#0' }, value: { S: overlay() } } });
    case 'ChangeMessageVisibilityBatch': {
      const { Entries } = JSON.parse(body()) as { Entries: { Id: string }[] };
      return json({ Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] });
    }
    case 'PutEvents': {
      const { Entries } = JSON.parse(body()) as { Entries: unknown[] };
      return json({ FailedEntryCount: 0, Entries: Entries.map((_, index) => ({ EventId: `event-${index}` })) });
    }
    default:
      return undefined;
  }
}

/** AppConfig sends the document once per session and an empty body while nothing changes. */
function replyWithTable(path: string): StubReply {
  const isFirst = path.includes('configuration_token=first');
  return {
    name: 'GetLatestConfiguration',
    contentType: JSON_TYPE,
    body: isFirst ? table : '',
    headers: { 'next-poll-configuration-token': 'next', 'next-poll-interval-in-seconds': '30' },
  };
}

/** A fleet in health: nothing but the heartbeat. */
function overlay(): string {
  const now = Date.now();
  return JSON.stringify({ schemaVersion: '1.0', seq: Math.floor(now / 1000), publishedAt: now, targets: {}, panic: [] });
}

function frame(type: string, payload: unknown): Uint8Array {
  const codec = new EventStreamCodec(
    (bytes) => Buffer.from(bytes).toString('utf8'),
    (text) => Buffer.from(text, 'utf8'),
  );
  return codec.encode({
    headers: {
      ':message-type': { type: 'string', value: 'event' },
      ':event-type': { type: 'string', value: type },
      ':content-type': { type: 'string', value: JSON_TYPE },
    },
    body: Buffer.from(JSON.stringify(payload)),
  });
}
