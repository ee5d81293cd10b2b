// The official OpenAI client, unchanged: an answer, a stream of one, and a tool that the model calls.
//
//   npm install openai
//   node examples/openai-javascript.mjs "What is the capital of Japan?" [--model default] [--stack FILE]
//
// It talks to the embedded stack whose stack.json is in .signalbox (or FILE). To talk to an installation on AWS, set
// SIGNALBOX_GATEWAY_URL and SIGNALBOX_API_KEY.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import OpenAI from 'openai';

const { values, positionals } = parseArgs({
  options: { model: { type: 'string', default: 'default' }, stack: { type: 'string', default: '.signalbox/stack.json' } },
  allowPositionals: true,
});
const client = new OpenAI(findPlace(values.stack));
// A route of the policy; the name of a model or of a target does as well.
const { model } = values;
const messages = [{ role: 'user', content: positionals[0] ?? 'What is the capital of France?' }];

const completion = await client.chat.completions.create({ model, messages });
console.log(completion.choices[0].message.content);
console.log(`answered by ${completion.model}, ${completion.usage.total_tokens} tokens`);

await stream();
await useTool();

/** Should the answer break off, the loop throws an APIError: a part of it never looks like the whole. */
async function stream() {
  const chunks = await client.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } });
  for await (const { choices, usage } of chunks) {
    process.stdout.write(choices[0]?.delta.content ?? '');
    if (usage) console.log(`\nstreamed: ${usage.completion_tokens} tokens`);
  }
}

/** The model asks for a temperature, gets it, and answers with it. */
async function useTool() {
  const celsius = { Nairobi: 24, Oslo: 4, Tokyo: 16 };
  const parameters = {
    type: 'object',
    properties: { city: { type: 'string', enum: Object.keys(celsius) } },
    required: ['city'],
    additionalProperties: false,
  };
  const tools = [{ type: 'function', function: { name: 'temperature', description: 'How warm it is in a city, in °C', parameters } }];
  const turns = [{ role: 'user', content: 'How warm is it in Oslo?' }];

  const { choices } = await client.chat.completions.create({ model, messages: turns, tools, tool_choice: 'required' });
  const { message } = choices[0];
  turns.push(message);
  for (const { id, function: call } of message.tool_calls) {
    const { city } = JSON.parse(call.arguments);
    console.log(`${call.name} of ${city}: ${celsius[city]} °C`);
    turns.push({ role: 'tool', tool_call_id: id, content: `${celsius[city]} °C` });
  }
  const answer = await client.chat.completions.create({ model, messages: turns, tools });
  console.log(answer.choices[0].message.content);
}

function findPlace(stackFile) {
  const { SIGNALBOX_GATEWAY_URL: url, SIGNALBOX_API_KEY: apiKey } = process.env;
  if (url && apiKey) return { baseURL: `${url}/v1`, apiKey };
  const stack = JSON.parse(readFileSync(stackFile, 'utf8'));
  return { baseURL: `${stack.gatewayUrl}/v1`, apiKey: stack.apiKey };
}
