import { describe, expect, it } from 'vitest';
import { ReleaseError } from './releases/release-error.ts';
import { reportError } from './report-error.ts';
import { UsageError } from './usage-error.ts';

const named = (name: string, more: object = {}) => Object.assign(new Error('words'), { name, ...more });

describe('reportError', () => {
  it.each([
    ['wrong use', new UsageError('There is no file x.'), 2, 'There is no file x.'],
    ['a stage that is not there', new ReleaseError({ kind: 'not-installed', message: 'no installation' }), 2, 'no installation'],
    [
      'a refused release',
      new ReleaseError({ kind: 'refused', message: 'refused:', problems: ['one', 'two'] }),
      1,
      'refused:\n  one\n  two',
    ],
    ['a stack that is not running', named('TypeError', { cause: { code: 'ECONNREFUSED' } }), 1, 'Is the stack running?'],
    ['a host that is not found', named('Error', { code: 'ENOTFOUND' }), 1, 'Check the network'],
    ['a stack that does not answer', named('TimeoutError'), 1, 'did not answer in time'],
    ['no credentials', named('CredentialsProviderError'), 1, 'aws sso login'],
    ['no region', new Error('Region is missing'), 2, 'Set AWS_REGION'],
    ['an expired session', named('ExpiredTokenException'), 1, 'has expired'],
    ['anything else', new Error('boom'), 1, 'boom'],
    ['what is no error', 'boom', 1, 'boom'],
  ])('says of %s what to do', (_, error, exitCode, text) => {
    const report = reportError(error);
    expect(report.exitCode).toBe(exitCode);
    expect(report.message).toContain(text);
  });
});
