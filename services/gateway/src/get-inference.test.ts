import { InferenceResult } from '@signalbox/contracts';
import type { InferenceItem } from '@signalbox/runtime';
import { describe, expect, it, vi } from 'vitest';
import { createGetInference } from './get-inference.ts';
import { OUTPUT, record } from './test-items.ts';

const MEGABYTE = 1024 * 1024;
const finished: InferenceItem = { key: 'acme#invoice-4711', status: 'succeeded', deferrals: 0, record };

function createFixture(item?: InferenceItem) {
  const readOutput = vi.fn(async () => OUTPUT);
  const link = vi.fn(async (key: string) => `https://bucket/${key}?signed`);
  const get = async (tenant: string, id: string) => (item?.key === `${tenant}#${id}` ? item : undefined);
  const getInference = createGetInference({ get, readOutput, link });
  return { getInference: (tenant = 'acme') => getInference({ tenant, id: 'invoice-4711' }), readOutput, link };
}

describe('the result of an inference', () => {
  it.each(['accepted', 'running'] as const)('is its status while it is %s', async (status) => {
    const { getInference } = createFixture({ key: finished.key, status, deferrals: 3, route: 'default' });
    expect(await getInference()).toEqual({ schemaVersion: '1.0', id: 'invoice-4711', status, route: 'default' });
  });

  it('holds the answer from the table', async () => {
    const { getInference, readOutput, link } = createFixture({ ...finished, output: JSON.stringify(OUTPUT) });
    const result = await getInference();
    expect(result).toMatchObject({ status: 'succeeded', output: OUTPUT, costUsd: 0.00000342 });
    expect(InferenceResult.parse(result)).toEqual(result);
    expect(readOutput).not.toHaveBeenCalled();
    expect(link).not.toHaveBeenCalled();
  });

  it('holds the answer from S3 up to a megabyte', async () => {
    const large = { ...finished, record: { ...record, outputBytes: MEGABYTE }, outputKey: 'outputs/acme/1.json' };
    const { getInference, readOutput, link } = createFixture(large);
    expect(await getInference()).toMatchObject({ output: OUTPUT });
    expect(readOutput).toHaveBeenCalledExactlyOnceWith('outputs/acme/1.json');
    expect(link).not.toHaveBeenCalled();
  });

  it('links to a larger answer, and does not read it', async () => {
    const huge = { ...finished, record: { ...record, outputBytes: MEGABYTE + 1 }, outputKey: 'outputs/acme/1.json' };
    const { getInference, readOutput } = createFixture(huge);
    const result = await getInference();
    expect(result.outputUrl).toBe('https://bucket/outputs/acme/1.json?signed');
    expect(result).not.toHaveProperty('output');
    expect(readOutput).not.toHaveBeenCalled();
  });

  it('has no output when it failed', async () => {
    const { stopReason: _stop, servedBy: _servedBy, ...rest } = record;
    const failed = {
      ...rest,
      status: 'failed' as const,
      reason: 'refused' as const,
      error: { code: 'refused', message: 'The model refused.' },
    };
    const result = await createFixture({ ...finished, status: 'failed', record: failed }).getInference();
    expect(result).toMatchObject({ status: 'failed', reason: 'refused', error: { code: 'refused' } });
    expect(result).not.toHaveProperty('output');
    expect(result).not.toHaveProperty('outputUrl');
  });

  it('is a failure to say so, not an answer without content, when S3 cannot be read', async () => {
    const { getInference, readOutput } = createFixture({ ...finished, outputKey: 'outputs/acme/1.json' });
    readOutput.mockRejectedValueOnce(new Error('S3 is away'));
    await expect(getInference()).rejects.toThrow('S3 is away');
  });
});

describe('an inference that the caller does not have', () => {
  it.each([
    ['is unknown', undefined, 'acme'],
    ['belongs to another tenant', finished, 'other'],
  ])('and that %s is not found', async (_what, item, tenant) => {
    await expect(createFixture(item).getInference(tenant)).rejects.toMatchObject({
      status: 404,
      code: 'not_found',
      message: expect.stringContaining('"invoice-4711"'),
    });
  });

  it('is named by the first 128 characters of its id', async () => {
    const getInference = createGetInference({ get: async () => undefined, readOutput: async () => null, link: async () => '' });
    await expect(getInference({ tenant: 'acme', id: 'x'.repeat(5_000) })).rejects.toSatisfy((error: Error) => error.message.length < 400);
  });
});
