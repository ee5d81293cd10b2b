// The Vercel AI SDK with its provider for OpenAI-compatible servers: an answer, a stream of one, and an object of a schema.
//
//   npm install ai @ai-sdk/openai-compatible
//   node examples/vercel-ai-sdk.mjs "What is the capital of Japan?" [--model default] [--stack FILE]
//
// It talks to the embedded stack whose stack.json is in .signalbox (or FILE). To talk to an installation on AWS, set
// SIGNALBOX_GATEWAY_URL and SIGNALBOX_API_KEY.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, jsonSchema, Output, streamText } from 'ai';

const { values, positionals } = parseArgs({
  options: { model: { type: 'string', default: 'default' }, stack: { type: 'string', default: '.signalbox/stack.json' } },
  allowPositionals: true,
});
// Schemas are kept to, which the SDK has to be told; without `includeUsage` a stream does not say what it used.
const signalbox = createOpenAICompatible({
  name: 'signalbox',
  ...findPlace(values.stack),
  includeUsage: true,
  supportsStructuredOutputs: true,
});
// A route of the policy; the name of a model or of a target does as well.
const model = signalbox(values.model);
const prompt = positionals[0] ?? 'What is the capital of France?';

const { text, finalStep, usage } = await generateText({ model, prompt });
console.log(text);
console.log(`answered by ${finalStep.response.modelId}, ${usage.totalTokens} tokens`);

await stream();

const schema = jsonSchema({
  type: 'object',
  properties: { city: { type: 'string' }, continent: { type: 'string', enum: ['Africa', 'America', 'Asia', 'Europe', 'Oceania'] } },
  required: ['city', 'continent'],
  additionalProperties: false,
});
const { output } = await generateText({ model, prompt: 'Tokyo', output: Output.object({ schema }) });
console.log(`as an object: ${JSON.stringify(output)}`);

/** `textStream` would just end when the answer breaks off; `stream` has the error, so that a part does not look like the whole. */
async function stream() {
  for await (const part of streamText({ model, prompt, onError: () => undefined }).stream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'text-delta') process.stdout.write(part.text);
    if (part.type === 'finish') console.log(`\nstreamed: ${part.totalUsage.outputTokens} tokens`);
  }
}

function findPlace(stackFile) {
  const { SIGNALBOX_GATEWAY_URL: url, SIGNALBOX_API_KEY: apiKey } = process.env;
  if (url && apiKey) return { baseURL: `${url}/v1`, apiKey };
  const stack = JSON.parse(readFileSync(stackFile, 'utf8'));
  return { baseURL: `${stack.gatewayUrl}/v1`, apiKey: stack.apiKey };
}
