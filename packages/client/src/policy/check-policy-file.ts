import type { CompiledPolicy } from '@signalbox/routing/policy';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { formatAmount } from '../output/format-figures.ts';
import type { Output } from '../output/output.ts';
import { printProblems } from './print-problems.ts';
import type { PolicySource } from './read-policy-source.ts';

type CheckInput = {
  source: PolicySource;
  compiled: CompiledPolicy;
  /** True when an installation said which models and regions it allows. */
  isHeldAgainst: boolean;
  strict?: boolean | undefined;
  json?: boolean | undefined;
  output: Output;
};

/** Says everything that is wrong with a policy, or worth a second look. */
export function checkPolicyFile({ source, compiled, isHeldAgainst, strict = false, json = false, output }: CheckInput): ExitCode {
  const problems = compiled.kind === 'invalid' ? compiled.problems : [];
  const { warnings = [] } = compiled;
  const isOk = problems.length === 0 && !(strict && warnings.length > 0);
  if (json) output.print(JSON.stringify({ file: source.file, ok: isOk, problems, warnings, ...tableOf(compiled) }, null, 2));
  else {
    printProblems({ problems, severity: 'problem', source: source.text, output });
    printProblems({ problems: warnings, severity: 'warning', source: source.text, output });
    output.print(summarize({ source, compiled, isOk, problems: problems.length, warnings: warnings.length, output }));
    if (compiled.kind === 'compiled' && !isHeldAgainst)
      output.note('Not held against the models and regions that an installation allows; with --stack or --stage it is, as by a deploy.');
  }
  return isOk ? EXIT_CODE.ok : EXIT_CODE.failed;
}

function tableOf(compiled: CompiledPolicy) {
  if (compiled.kind === 'invalid') return {};
  const { version, targets, routes } = compiled.table;
  return { table: { version, targets: Object.keys(targets), routes: Object.keys(routes) } };
}

type Summary = { source: PolicySource; compiled: CompiledPolicy; isOk: boolean; problems: number; warnings: number; output: Output };

function summarize({ source, compiled, isOk, problems, warnings, output }: Summary): string {
  const mark = isOk ? output.style('green', 'ok') : output.style('red', 'failed');
  const found = [
    ...(problems > 0 ? [formatAmount(problems, 'problem')] : []),
    ...(warnings > 0 ? [formatAmount(warnings, 'warning')] : []),
  ];
  const counts = found.length > 0 ? found.join(', ') : 'no problems';
  if (compiled.kind === 'invalid') return `${mark}: ${source.file} has ${counts}`;
  const { targets, routes, version } = compiled.table;
  const size = `${formatAmount(Object.keys(targets).length, 'target')}, ${formatAmount(Object.keys(routes).length, 'route')}`;
  const strictly = isOk || problems > 0 ? '' : '; --strict takes warnings as problems';
  return `${mark}: ${source.file}, ${counts}; ${size}, version ${version}${strictly}`;
}
