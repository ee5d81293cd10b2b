import type { CallModel, ModelCall, SecretReference } from '@signalbox/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { modelCall } from '../__fixtures__/model-call.ts';
import { json, type Provider, type Reply, startProvider } from '../__fixtures__/start-provider.ts';
import { completion, openAiTarget } from '../contract/openai-driver.ts';
import { createModelCaller } from '../create-model-caller.ts';

let stores: Provider;
let server: Provider;
let callModel: CallModel;
const environment = { ...process.env };
const ssm: SecretReference = { from: 'ssm', name: 'vllm' };
const managed: SecretReference = { from: 'secrets-manager', name: 'vllm' };

beforeAll(() => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1', STAGE: 'prod' });
});
beforeEach(async () => {
  stores = await startProvider();
  server = await startProvider();
  process.env.AWS_ENDPOINT_URL = stores.url;
  server.answer(json(200, completion({ text: 'Paris.', stop: 'end' })));
  callModel = createModelCaller();
});
afterEach(() => Promise.all([stores.stop(), server.stop()]));
afterAll(() => {
  process.env = environment;
});

const ask = (apiKey: SecretReference, changes: Partial<ModelCall> = {}) =>
  callModel({ ...modelCall(), target: openAiTarget(server.url, { apiKey }), ...changes });
const parameter = (Value: string) => json(200, { Parameter: { Name: 'x', Type: 'SecureString', Value } });
const storeError = (type: string): Reply => json(400, { __type: type, message: 'no' });

describe('a key by reference', () => {
  it('is an SSM parameter below the prefix of the stage, decrypted, and read once', async () => {
    stores.answer(parameter(' sk-one\n'));
    expect(await ask(ssm)).toMatchObject({ outcome: 'succeeded' });
    await ask(ssm);
    expect(stores.requests).toHaveLength(1);
    expect(stores.requests[0]?.body).toEqual({ Name: '/signalbox/prod/model-keys/vllm', WithDecryption: true });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer sk-one', 'Bearer sk-one']);
  });

  it('is a secret of Secrets Manager of the same name', async () => {
    stores.answer(json(200, { Name: 'x', SecretString: 'sk-two' }));
    expect(await ask(managed)).toMatchObject({ outcome: 'succeeded' });
    expect(stores.requests[0]?.body).toEqual({ SecretId: 'signalbox/prod/model-keys/vllm' });
    expect(server.requests[0]?.headers.authorization).toBe('Bearer sk-two');
  });

  it.each([
    [ssm, 'ParameterNotFound', 'SSM parameter /signalbox/prod/model-keys/vllm'],
    [managed, 'ResourceNotFoundException', 'Secrets Manager secret signalbox/prod/model-keys/vllm'],
    [ssm, 'AccessDeniedException', 'SSM parameter /signalbox/prod/model-keys/vllm'],
  ])('%j that gives %s is misconfigured by name, and the server is not called', async (reference, type, name) => {
    stores.answer(storeError(type));
    const reply = await ask(reference);
    expect(reply).toMatchObject({ outcome: 'misconfigured', error: 'MissingSecret', message: expect.stringContaining(name) });
    expect(reply).toMatchObject({ message: expect.stringContaining(type) });
    expect(server.requests).toHaveLength(0);
  });

  it.each(['', '  ', 'two words', 'a\nb', 'schlüssel'])('with the value %j is misconfigured, and the value is not told', async (value) => {
    stores.answer(parameter(value));
    const reply = await ask(ssm);
    expect(reply).toMatchObject({ outcome: 'misconfigured', error: 'MissingSecret' });
    if (value.trim()) expect(JSON.stringify(reply)).not.toContain(value);
  });

  it('whose store fails is a fault that may pass', async () => {
    stores.answer(json(500, { __type: 'InternalServerError' }));
    expect(await ask(ssm)).toMatchObject({ outcome: 'faulted', error: 'SecretUnavailable', isTransient: true });
  });

  it('whose store is silent does not hold the call beyond its limit', async () => {
    stores.answer(() => undefined);
    expect(await ask(ssm, { limits: { totalMs: 150 } })).toMatchObject({ outcome: 'timed-out', error: 'AttemptTimeout' });
    expect(server.requests).toHaveLength(0);
  });

  it('that the server refuses is asked once, and stands in no part of the reply', async () => {
    stores.answer(parameter('sk-one'));
    server.answer(json(401, { error: { message: 'Incorrect API key provided: sk-one', code: 'invalid_api_key' } }));
    const reply = await ask(ssm);
    expect(reply).toMatchObject({ outcome: 'misconfigured', error: 'invalid_api_key', status: 401 });
    expect(JSON.stringify(reply)).not.toContain('sk-one');
    expect(server.requests).toHaveLength(1);
  });
});
