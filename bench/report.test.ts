import { expect, it } from 'vitest';
import { formatReport } from './report.ts';

const conditions = { startedAt: '2026-11-20T10:00:00.000Z', node: 'v24.0.0', cpuModel: 'Some CPU', cores: 2, placement: 'pinned' };

it('prints one aligned line per row, with the verdict where there is a budget', () => {
  const text = formatReport(conditions, [
    { budget: 'P1', what: 'worker', measured: '300 us', ratio: 0.876, limit: '<= 0.90x', isMet: true, how: 'so' },
    { budget: 'P3', what: 'bundle', measured: '500 KB', limit: '<= 450 KB', isMet: false, how: 'size' },
    { budget: 'P9', what: 'beside', measured: '1', how: 'counted' },
  ]);
  const [head = '', , headings = '', , ...rows] = text.split('\n');
  expect(head).toContain('2 shared cores (Some CPU); pinned');
  const column = (name: string) => headings.indexOf(name);
  expect(rows.map((row) => row.slice(column('met'), column('how')).trim())).toEqual(['met', 'NOT MET', '']);
  expect(rows.map((row) => row.slice(column('ratio'), column('limit')).trim())).toEqual(['0.88x', '', '']);
});
