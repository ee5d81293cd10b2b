import type { InferenceResult } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { NotAnsweredError } from '../producer/producer-error.ts';
import { testResult } from '../producer/testing/test-ports.ts';
import { createTestOutput } from '../testing/test-output.ts';
import { printResult } from './print-result.ts';
import { readerConnection } from './reader-connection.ts';

const output = { message: { role: 'assistant', content: [{ text: 'Paris.' }] } };

async function print(result: InferenceResult | undefined, { json = false, waitMs }: { json?: boolean; waitMs?: number } = {}) {
  const test = createTestOutput();
  const producer = {
    read: async () => result,
    waitFor: async (id: string, { timeoutMs = 0 } = {}) => {
      if (result?.status === 'succeeded') return result;
      throw new NotAnsweredError({ id, timeoutMs });
    },
  };
  const code = await printResult({ id: 'one', producer, waitMs, json, output: test.output });
  return { code, printed: test.printed(), noted: test.noted() };
}

describe('printResult', () => {
  it('prints the answer alone, so that it can be piped', async () => {
    expect(await print(testResult({ output }))).toEqual({ code: 0, printed: 'Paris.', noted: '' });
  });

  it('prints the document to programs, whatever it says', async () => {
    const { code, printed } = await print(testResult({ status: 'failed', reason: 'refused' }), { json: true });
    expect({ code, document: JSON.parse(printed) }).toMatchObject({ code: 1, document: { status: 'failed', reason: 'refused' } });
    expect(JSON.parse((await print(undefined, { json: true })).printed)).toEqual({ id: 'one', status: 'unknown' });
  });

  it('prints the link of an answer that is too large', async () => {
    expect(await print(testResult({ outputUrl: 'https://bucket/answer' }))).toMatchObject({ code: 0, printed: 'https://bucket/answer' });
  });

  it('says that an answer was erased, whatever it was', async () => {
    const erasedAt = '2026-11-21T19:56:16.082Z';
    const noted = `one ended as succeeded; its content was erased at ${erasedAt}.`;
    expect(await print(testResult({ erasedAt }))).toEqual({ code: 1, printed: '', noted });
  });

  it('ends with 1 and the reason when it failed', async () => {
    const { code, printed, noted } = await print(testResult({ status: 'failed', reason: 'refused', error: { code: 'r', message: 'no' } }));
    expect({ code, printed, noted: noted.split('\n')[0] }).toEqual({ code: 1, printed: '', noted: 'failed (refused): no' });
  });

  it.each([undefined, 1_000])('ends with 3 while it waits (--wait %s)', async (waitMs) => {
    const { code, noted } = await print(testResult({ status: 'running' }), waitMs === undefined ? {} : { waitMs });
    expect({ code, noted }).toEqual({ code: 3, noted: 'one is running: no answer yet.' });
  });

  it('says what an id that is not known can mean', async () => {
    expect(await print(undefined)).toMatchObject({ code: 1, printed: '', noted: expect.stringContaining('No inference has the id one') });
  });
});

describe('readerConnection', () => {
  const gateway = 'https://gateway.test';

  it('reads from the gateway that is named, with the key of the environment', () => {
    const connection = readerConnection({ stack: undefined, gateway, environment: { SIGNALBOX_API_KEY: 'key' } });
    expect(connection).toMatchObject({ gatewayUrl: gateway, apiKey: 'key' });
    expect(
      readerConnection({ stack: undefined, gateway: undefined, environment: { SIGNALBOX_GATEWAY_URL: gateway, SIGNALBOX_API_KEY: 'key' } }),
    ).toMatchObject({ gatewayUrl: gateway });
  });

  it.each<[string, Parameters<typeof readerConnection>[0], string]>([
    ['both', { stack: 'a', gateway, environment: {} }, 'give one of the two'],
    ['no key', { stack: undefined, gateway, environment: {} }, 'SIGNALBOX_API_KEY'],
    ['no URL', { stack: undefined, gateway: 'here', environment: {} }, 'no URL'],
    ['a stack that is not there', { stack: '/nowhere/stack.json', gateway: undefined, environment: {} }, 'No running stack'],
  ])('says what is wrong with %s', (_, input, message) => {
    expect(() => readerConnection(input)).toThrow(message);
  });
});
