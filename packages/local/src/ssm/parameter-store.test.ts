import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAwsTestServer } from '../events/aws-test-server.ts';
import { createParameterStore, type ParameterStore } from './parameter-store.ts';

let folder: string;
let store: ParameterStore;
let server: Awaited<ReturnType<typeof startAwsTestServer>>;

/** What an SSM client sends: JSON 1.1 with the operation in a header. */
async function call(operation: string, input: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AmazonSSM.${operation}` },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function start() {
  store = createParameterStore({ stateFile: join(folder, 'ssm.json'), accountId: '123456789012' });
  server = await startAwsTestServer(store.service);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ssm-'));
  await start();
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('the parameter store', () => {
  it('gives what was put, with its version', async () => {
    expect(await call('PutParameter', { Name: '/signalbox/dev/bus', Value: 'one', Type: 'String' })).toEqual({
      status: 200,
      body: { Version: 1, Tier: 'Standard' },
    });
    expect(await call('PutParameter', { Name: '/signalbox/dev/bus', Value: 'two', Overwrite: true })).toMatchObject({
      body: { Version: 2 },
    });
    const { body } = await call('GetParameter', { Name: '/signalbox/dev/bus', WithDecryption: true });
    expect(body).toEqual({
      Parameter: {
        Name: '/signalbox/dev/bus',
        Type: 'String',
        Value: 'two',
        Version: 2,
        LastModifiedDate: expect.closeTo(Date.now() / 1000, -1),
        ARN: 'arn:aws:ssm:eu-west-1:123456789012:parameter/signalbox/dev/bus',
        DataType: 'text',
      },
    });
  });

  it.each([
    ['by ARN', 'arn:aws:ssm:eu-west-1:123456789012:parameter/a/b'],
    ['by its version', '/a/b:1'],
  ])('finds a parameter %s', async (_name, Name) => {
    store.put('/a/b', 'value');
    expect(await call('GetParameter', { Name })).toMatchObject({ status: 200, body: { Parameter: { Value: 'value' } } });
  });

  it.each([
    ['GetParameter', { Name: '/missing' }, 'ParameterNotFound'],
    ['GetParameter', { Name: '/a:7' }, 'ParameterVersionNotFound'],
    ['DeleteParameter', { Name: '/missing' }, 'ParameterNotFound'],
    ['PutParameter', { Name: '/a', Value: 'x', Type: 'String' }, 'ParameterAlreadyExists'],
    ['PutParameter', { Name: '/new', Value: 'x' }, 'ValidationException'],
    ['PutParameter', { Name: 'with space', Value: 'x', Type: 'String' }, 'ValidationException'],
    ['GetParameter', {}, 'ValidationException'],
    ['GetParametersByPath', { Path: '/', ParameterFilters: [{}] }, 'NotImplementedException'],
    ['DescribeParameters', {}, 'NotImplementedException'],
  ])('%s %o is refused as %s', async (operation, input, code) => {
    store.put('/a', 'x');
    expect((await call(operation, input)).body).toMatchObject({ __type: code });
  });

  it('gives several, and names those that are not there', async () => {
    store.put('/a', '1');
    expect((await call('GetParameters', { Names: ['/b', '/a'] })).body).toMatchObject({
      Parameters: [{ Name: '/a', Value: '1' }],
      InvalidParameters: ['/b'],
    });
  });

  it('lists a path page by page, deep only when asked', async () => {
    for (const name of ['/p/b', '/p/a', '/p/deep/c', '/px/d']) store.put(name, name);
    const names = ({ body }: { body: Record<string, unknown> }) => (body.Parameters as { Name: string }[]).map(({ Name }) => Name);
    expect(names(await call('GetParametersByPath', { Path: '/p' }))).toEqual(['/p/a', '/p/b']);
    const first = await call('GetParametersByPath', { Path: '/p/', Recursive: true, MaxResults: 2 });
    expect(names(first)).toEqual(['/p/a', '/p/b']);
    const second = await call('GetParametersByPath', { Path: '/p/', Recursive: true, MaxResults: 2, NextToken: first.body.NextToken });
    expect(names(second)).toEqual(['/p/deep/c']);
    expect(second.body).not.toHaveProperty('NextToken');
  });

  it('keeps parameters over a restart, and makes no new version for the same value', async () => {
    store.put('/a', 'x');
    await server.close();
    await start();
    expect(store.get('/a')).toBe('x');
    store.put('/a', 'x');
    expect(await call('GetParameter', { Name: '/a' })).toMatchObject({ body: { Parameter: { Version: 1 } } });
    await call('DeleteParameter', { Name: '/a' });
    expect(store.get('/a')).toBeUndefined();
  });
});

describe('a secure string', () => {
  const Name = '/signalbox/dev/model-keys/vllm';

  it('is shown only to who asks for its decryption', async () => {
    await call('PutParameter', { Name, Value: 'sk-1', Type: 'SecureString', KeyId: 'alias/aws/ssm' });
    await call('PutParameter', { Name: '/signalbox/dev/model-keys/plain', Value: 'text', Type: 'String' });
    const shown = async (decryption: object) =>
      ((await call('GetParameter', { Name, ...decryption })).body.Parameter as { Value: string; Type: string }).Value;
    expect(await shown({ WithDecryption: true })).toBe('sk-1');
    for (const decryption of [{}, { WithDecryption: false }]) expect(await shown(decryption)).toMatch(/^AQICAHh[A-Za-z0-9+/=]+$/);
    const list = { GetParameters: { Names: [Name] }, GetParametersByPath: { Path: '/signalbox', Recursive: true } };
    for (const [operation, input] of Object.entries(list)) {
      const { body } = await call(operation, { ...input, WithDecryption: true });
      expect(body.Parameters).toContainEqual(expect.objectContaining({ Name, Type: 'SecureString', Value: 'sk-1' }));
      expect(JSON.stringify((await call(operation, input)).body)).not.toContain('sk-1');
    }
  });
});
