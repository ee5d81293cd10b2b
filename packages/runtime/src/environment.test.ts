import { expect, it } from 'vitest';
import { readEnvironment } from './environment.ts';
import { ConfigurationError } from './errors.ts';

it('gives the named variables and no others', () => {
  expect(readEnvironment(['STAGE', 'BUCKET'], { STAGE: 'test', BUCKET: 'data', HOME: '/root' })).toEqual({ STAGE: 'test', BUCKET: 'data' });
});

it('names every variable that is missing or empty at once', () => {
  const read = () => readEnvironment(['STAGE', 'BUCKET', 'TABLE'], { STAGE: 'test', BUCKET: '' });
  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow('Missing environment variables: BUCKET, TABLE.');
});

it('reads the environment of the process unless told otherwise', () => {
  expect(readEnvironment(['PATH'])).toEqual({ PATH: process.env.PATH });
});
