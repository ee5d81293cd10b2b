import { describe, expect, it } from 'vitest';
import type { AnswerPart, ModelCall, ModelSource } from './answer.ts';
import { BedrockError } from './bedrock-error.ts';
import { reportProblems } from './report-problems.ts';

const server = { baseUrl: 'http://127.0.0.1:11434/v1', model: 'llama3.2' };
const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };
const end: AnswerPart = { kind: 'end', stopReason: 'end_turn', usage };
const callWith = (signal: AbortSignal): ModelCall => ({ modelId: 'my.model', request: { messages: [] }, signal });
const patient = callWith(new AbortController().signal);

function reported(attempts: (Error | 'fine')[]) {
  const lines: string[] = [];
  const next = () => {
    const attempt = attempts.shift();
    if (attempt instanceof Error) throw attempt;
  };
  const source: ModelSource = {
    async answer() {
      next();
      return { blocks: [], stopReason: 'end_turn', usage };
    },
    async *stream() {
      next();
      yield end;
    },
  };
  let seconds = 0;
  const now = () => {
    seconds += 1;
    return seconds * 1000;
  };
  return { lines, source: reportProblems({ source, server, log: (line) => lines.push(line), now }) };
}

async function readStream(source: ModelSource, call: ModelCall): Promise<AnswerPart[]> {
  const parts: AnswerPart[] = [];
  for await (const part of source.stream(call)) parts.push(part);
  return parts;
}

describe('the problems of a model server', () => {
  const missing = new BedrockError('ResourceNotFoundException', 'model "llama3.2" not found');
  const crashed = new BedrockError('InternalServerException', 'out of memory');

  it('are logged once each, and again after it answered', async () => {
    const { lines, source } = reported([missing, missing, crashed, 'fine', crashed]);
    for (const expected of [missing, missing, crashed]) await expect(source.answer(patient)).rejects.toBe(expected);
    expect(lines).toEqual(['my.model: model "llama3.2" not found', 'my.model: out of memory']);
    expect(await readStream(source, patient)).toEqual([end]);
    await expect(readStream(source, patient)).rejects.toBe(crashed);
    expect(lines).toHaveLength(3);
  });

  it('include that the caller would not wait, with what to do', async () => {
    const aborted = new Error('The operation was aborted');
    const { lines, source } = reported([aborted, aborted]);
    for (const _time of [1, 2]) await expect(readStream(source, callWith(AbortSignal.abort()))).rejects.toBe(aborted);
    expect(lines).toEqual([
      expect.stringMatching(/^my\.model: the caller waited 1\.0 s for .*11434\/v1 and left\. .*ollama run llama3\.2 hello/),
    ]);
  });

  it.each(['ValidationException', 'ModelErrorException'] as const)(
    'are logged without what may quote a prompt or an answer (%s)',
    async (code) => {
      const { lines, source } = reported([new BedrockError(code, 'it said: SECRET')]);
      await expect(source.answer(patient)).rejects.toThrow('SECRET');
      expect(lines).toEqual([expect.stringMatching(/^my\.model: the model server at http:\S+ (?!.*SECRET)/)]);
    },
  );

  it('do not include a fault of this program, which is logged elsewhere', async () => {
    const { lines, source } = reported([new TypeError('undefined is not a function')]);
    await expect(source.answer(patient)).rejects.toThrow('undefined');
    expect(lines).toEqual([]);
  });
});
