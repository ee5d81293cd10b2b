import type { RoutingTable } from '@signalbox/contracts';
import { buildTable } from './build-table.ts';
import { checkPolicy } from './check-policy.ts';
import type { CompileInput } from './compile-options.ts';
import { type Finding, formatPolicyPath, type PolicyProblem } from './finding.ts';
import { type Policy, type PolicyParts, readPolicy } from './read-policy.ts';
import { readYaml, type YamlReading } from './read-yaml.ts';
import { type ResolvedTarget, resolveTarget } from './resolve-target.ts';

export type CompiledPolicy =
  | { kind: 'compiled'; table: RoutingTable; warnings: PolicyProblem[] }
  | { kind: 'invalid'; problems: PolicyProblem[]; warnings: PolicyProblem[] };

/**
 * Compiles the text of a routing policy into the routing table, or says everything that is wrong with it, in the order of the
 * file. What targets leave out comes from the catalogue. Warnings are of what may be meant, but probably is not.
 *
 * @example
 * const catalogue = loadCatalogue();
 * const compiled = compilePolicy({ file: 'policy/routing.yaml', text, catalogue, today: '2026-11-21' });
 * if (compiled.kind === 'invalid') for (const problem of compiled.problems) console.error(formatPolicyProblem(problem));
 */
export function compilePolicy({ file, text, ...world }: CompileInput): CompiledPolicy {
  const yaml = readYaml(text);
  const unreadable = yaml.errors.map((error) => ({ file, line: error.line, column: error.column, path: '', message: error.message }));
  if (!yaml.isReadable) return { kind: 'invalid', problems: unreadable, warnings: [] };
  const { parts, findings } = readPolicy(yaml.data);
  const targets = resolveTargets(parts, world.catalogue);
  const found = [...findings, ...checkPolicy({ ...world, parts, targets })];
  const locate = (isWarning: boolean) =>
    locateFindings({ file, yaml, findings: found.filter((one) => (one.isWarning ?? false) === isWarning) });
  const problems = [...unreadable, ...locate(false)].sort(byPosition);
  const warnings = locate(true).sort(byPosition);
  if (problems.length > 0) return { kind: 'invalid', problems, warnings };
  // Without findings every part was read whole.
  return { kind: 'compiled', table: buildTable({ policy: parts as Policy, targets, ...world }), warnings };
}

/** `policy/routing.yaml:12:5 routes.default.candidates[0]: names the target …`, as editors and terminals make it a link. */
export function formatPolicyProblem({ file, line, column, path, message }: PolicyProblem): string {
  return `${file}:${line}:${column} ${path === '' ? '' : `${path}: `}${message}`;
}

function resolveTargets({ targets }: PolicyParts, catalogue: CompileInput['catalogue']): Map<string, ResolvedTarget> {
  const resolved = [...targets].map(([id, target]) => [id, resolveTarget({ id, target, catalogue })] as const);
  return new Map(resolved.flatMap(([id, target]) => (target ? [[id, target]] : [])));
}

function locateFindings({ file, yaml, findings }: { file: string; yaml: YamlReading; findings: readonly Finding[] }): PolicyProblem[] {
  return findings.map(({ path, message, at }) => ({ file, ...yaml.locate(path, at ?? 'value'), path: formatPolicyPath(path), message }));
}

function byPosition(left: PolicyProblem, right: PolicyProblem): number {
  return left.line - right.line || left.column - right.column;
}
