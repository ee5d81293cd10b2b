import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalogue } from '@signalbox/catalogue';
import { compilePolicy, formatPolicyProblem } from '@signalbox/routing/policy';

const POLICY_FILE = join(import.meta.dirname, '../policy/routing.yaml');

/** The default policy as the table that the worker reads, JSON. */
export function routingTableJson(): string {
  const compiled = compilePolicy({ file: 'policy/routing.yaml', text: readFileSync(POLICY_FILE, 'utf8'), catalogue: loadCatalogue() });
  if (compiled.kind === 'invalid') throw new Error(compiled.problems.map(formatPolicyProblem).join('\n'));
  return JSON.stringify(compiled.table);
}
