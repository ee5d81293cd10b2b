import { modelCall } from '../__fixtures__/model-call.ts';
import { awsError, frame, json, openStream } from '../__fixtures__/start-provider.ts';
import { type Driver, type ScriptedAnswer, TOO_LONG } from './driver.ts';

const STOP = { end: 'end_turn', tool: 'tool_use', filter: 'content_filtered' } as const;
const usage = { inputTokens: 9, outputTokens: 8, totalTokens: 17 };

export const bedrockDriver: Driver = {
  kind: 'bedrock',
  target: () => modelCall().target,
  whole: (answer) =>
    json(200, { output: { message: { role: 'assistant', content: contentOf(answer) } }, stopReason: STOP[answer.stop], usage }),
  open: openStream,
  frames: {
    text: (text) => frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text } }),
    toolStart: (toolUseId, name) => frame('contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { toolUseId, name } } }),
    toolInput: (input) => frame('contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input } } }),
    stop: (reason) => frame('messageStop', { stopReason: STOP[reason] }),
    bill: frame('metadata', { usage }),
    malformed: frame('contentBlockDelta', { contentBlockIndex: 7, delta: { toolUse: { input: '{' } } }),
  },
  errors: {
    tooLong: awsError(400, 'ValidationException', { message: TOO_LONG }),
    throttled: awsError(429, 'ThrottlingException', {}, { 'retry-after': '2' }),
    serverError: awsError(500, 'InternalServerException'),
    invalid: awsError(400, 'ValidationException', { message: 'The value of temperature is too high.' }),
    denied: awsError(403, 'AccessDeniedException'),
  },
  vectors: () => json(200, { embedding: [0.25, -0.5], inputTextTokenCount: 3 }),
  schemaOf: (body) => JSON.parse((body as Schema).outputConfig.textFormat.structure.jsonSchema.schema),
};

type Schema = { outputConfig: { textFormat: { structure: { jsonSchema: { schema: string } } } } };

function contentOf({ text, tool }: ScriptedAnswer): object[] {
  const called = tool && { toolUse: { toolUseId: tool.id, name: tool.name, input: tool.input } };
  return [...(text === undefined ? [] : [{ text }]), ...(called ? [called] : [])];
}
