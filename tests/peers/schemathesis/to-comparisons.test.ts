import { expect, it } from 'vitest';
import { judge } from '../kit/report.ts';
import type { CheckedAnswer, FuzzRun } from './fuzz-api.ts';
import { toComparisons } from './to-comparisons.ts';

const good: CheckedAnswer = {
  operation: 'GET /v1/routes',
  check: 'ignored_auth',
  holds: true,
  method: 'GET',
  path: '/v1/routes',
  status: 401,
};
const run = (more: CheckedAnswer[] = [], changed: Partial<FuzzRun> = {}): FuzzRun => ({
  selected: 1,
  tested: 1,
  errors: [],
  answers: [...Array.from({ length: 1_000 }, () => good), ...more],
  ...changed,
});
const differing = (fuzzed: FuzzRun) => judge(toComparisons(fuzzed), []).differing.map(({ name }) => name);

it('finds nothing in a run in which every check holds', () => {
  expect(differing(run())).toEqual([]);
});

it('tells each kind of answer by which a check does not hold, once', () => {
  const broken = { ...good, check: 'not_a_server_error', holds: false, status: 500, code: 'internal_error' };
  expect(differing(run([broken, broken, { ...broken, status: 503, code: 'unavailable' }, { ...good, holds: false, status: 200 }]))).toEqual(
    [
      'GET /v1/routes: ignored_auth: 200',
      'GET /v1/routes: not_a_server_error: 500 internal_error',
      'GET /v1/routes: not_a_server_error: 503 unavailable',
    ],
  );
});

it('takes the methods that a path does not have together, and tells a call that had no answer', () => {
  const { status: _none, ...silent } = { ...good, holds: false };
  const methods = ['PUT', 'TRACE'].map((method) => ({
    ...good,
    method,
    operation: `${method} /v1/routes`,
    check: 'unsupported_method',
    holds: false,
    status: 404,
    code: 'not_found',
  }));
  expect(differing(run([silent, ...methods]))).toEqual([
    'GET /v1/routes: ignored_auth: no answer',
    '/v1/routes: unsupported_method: 404 not_found',
  ]);
});

it.each<[string, Partial<FuzzRun>, string]>([
  ['that left an operation out', { selected: 2, tested: 1 }, 'operations tested'],
  ['that tried no wrong key somewhere', { selected: 2, tested: 2 }, 'operations that refuse wrong keys'],
  ['with errors of its own', { errors: ['1 × Runtime Error'] }, 'errors of the run'],
  ['that hardly asked', { answers: [good] }, 'answers checked, at least 1000'],
])('does not pass a run %s', (_what, changed, name) => {
  expect(differing(run([], changed))).toContain(name);
});
