import type { RoutingTable } from '@signalbox/contracts';
import { buildTable } from './build-table.ts';
import { checkPolicy, warnAboutPolicy } from './check-policy.ts';
import { type Finding, formatPolicyPath, type PolicyProblem } from './finding.ts';
import { type Policy, readPolicy } from './read-policy.ts';
import { readYaml, type YamlReading } from './read-yaml.ts';

export type CompiledPolicy =
  | { kind: 'compiled'; table: RoutingTable; warnings: PolicyProblem[] }
  | { kind: 'invalid'; problems: PolicyProblem[] };

/**
 * Compiles the text of a routing policy into the routing table, or says everything that is wrong with it, in the order of the file.
 * `file` is the name that problems show.
 *
 * @example
 * const compiled = compilePolicy({ file: 'policy/routing.yaml', text });
 * if (compiled.kind === 'invalid') for (const problem of compiled.problems) console.error(formatPolicyProblem(problem));
 */
export function compilePolicy({ file, text }: { file: string; text: string }): CompiledPolicy {
  const yaml = readYaml(text);
  const unreadable = yaml.errors.map((error) => ({ file, line: error.line, column: error.column, path: '', message: error.message }));
  if (!yaml.isReadable) return { kind: 'invalid', problems: unreadable };
  const { parts, findings } = readPolicy(yaml.data);
  const locate = (found: readonly Finding[]) => locateFindings({ file, yaml, findings: found });
  const problems = [...unreadable, ...locate([...findings, ...checkPolicy(parts)])];
  if (problems.length > 0) return { kind: 'invalid', problems: problems.sort(byPosition) };
  // Without findings every part was read whole.
  const policy = parts as Policy;
  return { kind: 'compiled', table: buildTable(policy), warnings: locate(warnAboutPolicy(policy)).sort(byPosition) };
}

/** `policy/routing.yaml:12:5 routes.default.candidates[0]: names the target …`, as editors and terminals make it a link. */
export function formatPolicyProblem({ file, line, column, path, message }: PolicyProblem): string {
  return `${file}:${line}:${column} ${path === '' ? '' : `${path}: `}${message}`;
}

function locateFindings({ file, yaml, findings }: { file: string; yaml: YamlReading; findings: readonly Finding[] }): PolicyProblem[] {
  return findings.map(({ path, message, at }) => ({ file, ...yaml.locate(path, at ?? 'value'), path: formatPolicyPath(path), message }));
}

function byPosition(left: PolicyProblem, right: PolicyProblem): number {
  return left.line - right.line || left.column - right.column;
}
