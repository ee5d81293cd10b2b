import { describe, expect, it } from 'vitest';
import { checkConversation } from './check-conversation.ts';
import { parseConverseRequest } from './converse-request.ts';

const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const text = { text: 'hello' };
const image = { image: { format: 'png', source: { bytes: 'aGVsbG8=' } } };
const document = { document: { format: 'txt', name: 'notes', source: { bytes: 'aGVsbG8=' } } };
const toolUse = { toolUse: { toolUseId: 't1', name: 'search', input: {} } };
const toolResult = { toolResult: { toolUseId: 't1', content: [{ text: 'found' }] } };
const spec = (rest = {}) => ({ toolSpec: { name: 'search', inputSchema: { json: { type: 'object' } }, ...rest } });
const toolConfig = { tools: [spec()] };
const outputConfig = (schema: string) => ({ textFormat: { type: 'json_schema', structure: { jsonSchema: { schema } } } });
const check = (body: object) => checkConversation(parseConverseRequest(body));

describe('a conversation', () => {
  it.each([
    ['one question', { messages: [user(text)] }],
    ['a tool round', { messages: [user(text), assistant(toolUse), user(toolResult)], toolConfig }],
    ['20 images', { messages: [user(text, ...Array(20).fill(image))] }],
    ['a document with a text', { messages: [user(text, document)] }],
    ['a system turn between', { messages: [user(text), { role: 'system', content: [text] }, assistant(text), user(text)] }],
    [
      'members that change nothing here',
      { messages: [user(text)], guardrailConfig: { guardrailIdentifier: 'g' }, requestMetadata: { a: 'b' } },
    ],
    ['a strict schema', { messages: [user(text)], outputConfig: outputConfig('{"type":"object","additionalProperties":false}') }],
  ])('of %s passes', (_name, body) => {
    expect(() => check(body)).not.toThrow();
  });

  it.each([
    ['no messages', {}, /'messages'.*null/],
    ['empty messages', { messages: [] }, /'messages'.*length greater than or equal to 1/],
    ['an unknown role', { messages: [{ role: 'robot', content: [text] }] }, /'messages.0.role'.*\[user, assistant, system\]/],
    ['the assistant first', { messages: [assistant(text)] }, /start with a user message/],
    ['two user turns in a row', { messages: [user(text), user(text)] }, /alternate/],
    ['no content', { messages: [user()] }, /messages.0 is empty/],
    ['a blank text', { messages: [user({ text: ' ' })] }, /messages.0.content.0 is blank/],
    ['a block of two kinds', { messages: [user({ text: 'a', image: image.image })] }, /'messages.0.content.0'.*exactly one/],
    ['a block of unknown kind', { messages: [user({ hologram: {} })] }, /exactly one known/],
    ['21 images', { messages: [user(text, ...Array(21).fill(image))] }, /21 images: the maximum is 20/],
    [
      'an image too large',
      { messages: [user({ image: { format: 'png', source: { bytes: 'A'.repeat(5_300_000) } } })] },
      /maximum is 3932160/,
    ],
    ['an unknown image format', { messages: [user({ image: { format: 'bmp', source: { bytes: 'aa' } } })] }, /image.format.*png/],
    ['an image of the assistant', { messages: [user(text), assistant(image)] }, /only a user message/],
    ['a document without text', { messages: [user(document)] }, /no text block/],
    ['6 documents', { messages: [user(text, ...Array(6).fill(document))] }, /6 documents/],
    ['maxTokens 0', { messages: [user(text)], inferenceConfig: { maxTokens: 0 } }, /inferenceConfig.maxTokens.*greater than or equal to 1/],
    ['temperature 2', { messages: [user(text)], inferenceConfig: { temperature: 2 } }, /temperature.*less than or equal to 1/],
    [
      '5 stop sequences',
      { messages: [user(text)], inferenceConfig: { stopSequences: [...'abcde'] } },
      /stopSequences.*length less than or equal to 4/,
    ],
    [
      'tool blocks without toolConfig',
      { messages: [user(text), assistant(toolUse), user(toolResult)] },
      /toolConfig field must be defined/,
    ],
    [
      'a missing tool result',
      { messages: [user(text), assistant(toolUse), user(text)], toolConfig },
      /Expected toolResult blocks at messages.2.content.*t1/,
    ],
    ['a tool use by the user', { messages: [user(toolUse)], toolConfig }, /only an assistant/],
    [
      'a tool choice that does not exist',
      { messages: [user(text)], toolConfig: { ...toolConfig, toolChoice: { tool: { name: 'x' } } } },
      /tool 'x'/,
    ],
    ['the same tool twice', { messages: [user(text)], toolConfig: { tools: [spec(), spec()] } }, /twice/],
    ['no tools', { messages: [user(text)], toolConfig: { tools: [] } }, /toolConfig.tools/],
    ['a schema that is not JSON', { messages: [user(text)], outputConfig: outputConfig('{') }, /not JSON/],
    [
      'minLength in structured output',
      { messages: [user(text)], outputConfig: outputConfig('{"properties":{"a":{"type":"string","minLength":1}}}') },
      /'minLength' at #\/properties\/a/,
    ],
    [
      'recursion in structured output',
      { messages: [user(text)], outputConfig: outputConfig('{"properties":{"a":{"$ref":"#"}}}') },
      /recursive reference '#'/,
    ],
    ['an external reference', { messages: [user(text)], outputConfig: outputConfig('{"$ref":"https://x/y"}') }, /external reference/],
    [
      'open objects in a strict tool',
      { messages: [user(text)], toolConfig: { tools: [spec({ strict: true, inputSchema: { json: { additionalProperties: true } } })] } },
      /strict tool 'search'.*additionalProperties/,
    ],
  ])('with %s is refused', (_name, body, message) => {
    expect(() => check(body)).toThrow(expect.objectContaining({ code: 'ValidationException', message: expect.stringMatching(message) }));
  });
});
