import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { testStack } from '../testing/test-stack.ts';
import { UsageError } from '../usage-error.ts';
import { clientConfigOf, findPlace } from './place.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-place-'));
mkdirSync(join(folder, '.signalbox'));
writeFileSync(join(folder, '.signalbox', 'stack.json'), JSON.stringify(testStack));
afterAll(() => rmSync(folder, { recursive: true }));

describe('findPlace', () => {
  it('is the embedded stack of the folder when nothing is named', () => {
    expect(findPlace({}, folder)).toEqual({ kind: 'embedded', stack: testStack });
  });

  it('is a stage on AWS when one is named, whatever runs here', () => {
    expect(findPlace({ stage: 'prod' }, folder)).toEqual({ kind: 'aws', stage: 'prod' });
  });

  it.each([
    [{ stage: 'prod', stack: 'stack.json' }, 'give one of the two'],
    [{ stage: 'Prod!' }, 'is no stage'],
    [{ stack: 'nowhere.json' }, 'No running stack found'],
  ])('refuses %j', (options, message) => {
    expect(() => findPlace(options, folder)).toThrow(UsageError);
    expect(() => findPlace(options, folder)).toThrow(message);
  });
});

describe('clientConfigOf', () => {
  it('leaves AWS to the settings of the SDK', () => {
    expect(clientConfigOf({ kind: 'aws', stage: 'prod' })).toEqual({ maxAttempts: 3 });
    expect(clientConfigOf({ kind: 'aws', stage: 'prod' }, { region: 'eu-west-1' })).toEqual({ maxAttempts: 3, region: 'eu-west-1' });
  });

  it('asks the embedded stack once', () => {
    expect(clientConfigOf({ kind: 'embedded', stack: testStack })).toMatchObject({ maxAttempts: 1, endpoint: testStack.awsEndpointUrl });
  });
});
