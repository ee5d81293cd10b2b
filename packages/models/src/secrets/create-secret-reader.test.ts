import type { SecretReference } from '@signalbox/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSecretReader, type SecretReader } from './create-secret-reader.ts';
import { SecretError } from './secret-error.ts';

const key: SecretReference = { from: 'ssm', name: 'vllm' };
const MINUTE = 60_000;

let now: number;
let reads: SecretReference[];
let store: () => Promise<string>;
let secrets: SecretReader;

beforeEach(() => {
  now = 1_000_000;
  reads = [];
  store = async () => 'one';
  secrets = createSecretReader({
    stage: 'test',
    now: () => now,
    fetch: (reference) => {
      reads.push(reference);
      return store();
    },
  });
});

const missing = () => Promise.reject(new SecretError({ kind: 'missing', message: 'not there' }));
const silent = () => Promise.reject(new Error('connection reset'));

describe('a secret', () => {
  it('is read once for five minutes, however many ask at once', async () => {
    expect(await Promise.all([secrets.read(key), secrets.read(key), secrets.read(key)])).toEqual(['one', 'one', 'one']);
    now += 5 * MINUTE - 1;
    store = async () => 'two';
    expect(await secrets.read(key)).toBe('one');
    expect(reads).toHaveLength(1);
    now += 1;
    expect(await secrets.read(key)).toBe('two');
    expect(reads).toHaveLength(2);
  });

  it('is another one in another store', async () => {
    await secrets.read(key);
    await secrets.read({ from: 'secrets-manager', name: 'vllm' });
    expect(reads.map(({ from }) => from)).toEqual(['ssm', 'secrets-manager']);
  });

  it.each([
    ['does not answer', silent],
    ['has lost it', missing],
  ])('is kept when its store %s, which is asked again after 30 s', async (_name, failing) => {
    await secrets.read(key);
    store = failing;
    now += 6 * MINUTE;
    expect(await secrets.read(key)).toBe('one');
    now += 29_000;
    expect(await secrets.read(key)).toBe('one');
    expect(reads).toHaveLength(2);
    store = async () => 'two';
    now += 1_000;
    expect(await secrets.read(key)).toBe('two');
  });

  it('that a provider refused is read anew at once, at most every 30 s', async () => {
    await secrets.read(key);
    store = async () => 'two';
    now += 31_000;
    secrets.distrust(key);
    expect(await secrets.read(key)).toBe('two');
    now += 10_000;
    secrets.distrust(key);
    expect(await secrets.read(key)).toBe('two');
    expect(reads).toHaveLength(2);
    now += 20_000;
    expect(await secrets.read(key)).toBe('two');
    expect(reads).toHaveLength(3);
  });

  it('is kept while its store is silent, and no call waits long for it', async () => {
    await secrets.read(key);
    const late = Promise.withResolvers<string>();
    store = () => late.promise;
    now += 6 * MINUTE;
    const startedAt = performance.now();
    expect(await secrets.read(key)).toBe('one');
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    late.resolve('two');
    await late.promise;
    expect(await secrets.read(key)).toBe('two');
    expect(reads).toHaveLength(2);
  });

  it('that was never there is looked for again after 5 s', async () => {
    store = missing;
    await expect(secrets.read(key)).rejects.toMatchObject({ kind: 'missing', message: 'not there' });
    await expect(secrets.read(key)).rejects.toMatchObject({ kind: 'missing' });
    expect(reads).toHaveLength(1);
    store = async () => 'one';
    now += 5_000;
    expect(await secrets.read(key)).toBe('one');
  });

  it('whose store never answered is unavailable, not missing', async () => {
    store = silent;
    await expect(secrets.read(key)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('cannot be found without a stage', async () => {
    await expect(createSecretReader({ stage: undefined }).read(key)).rejects.toMatchObject({
      kind: 'missing',
      message: expect.stringContaining('STAGE'),
    });
  });
});
