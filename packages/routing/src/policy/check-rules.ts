import { checkDestination } from './check-destination.ts';
import { checkPattern } from './check-pattern.ts';
import type { RouteInput } from './check-route.ts';
import { type Finding, type PolicyPath, warning } from './finding.ts';
import type { PolicyRule } from './policy-route.ts';
import { RuleOrder } from './rule-order.ts';
import { takesEverything } from './takes-everything.ts';

/** Whether each rule of a route can match, is asked at all, and leads somewhere that can answer. */
export function checkRules(input: RouteInput): Finding[] {
  const rules = input.route.rules ?? [];
  const patterns = rules.map((rule, index) => checkPattern(rule.when, ['routes', input.name, 'rules', index, 'when']));
  const valid = new Set(rules.filter((_, index) => patterns[index]?.every(({ isWarning }) => isWarning)));
  return [
    ...patterns.flat(),
    ...rules.flatMap((rule, index) =>
      checkDestination(input, { rule, path: ['routes', input.name, 'rules', index], isValid: valid.has(rule) }),
    ),
    ...checkNames(input, rules),
    ...checkOrder(input, rules, valid),
  ];
}

function checkNames({ name }: RouteInput, rules: readonly PolicyRule[]): Finding[] {
  const seen = new Set<string>();
  return rules.flatMap((rule, index) => {
    if (!seen.has(rule.name)) {
      seen.add(rule.name);
      return [];
    }
    return [
      {
        path: ['routes', name, 'rules', index, 'name'],
        message: `is "${rule.name}" a second time, and explanations could not tell which rule it was; write another name`,
      },
    ];
  });
}

function checkOrder({ name, route }: RouteInput, rules: readonly PolicyRule[], valid: ReadonlySet<PolicyRule>): Finding[] {
  const order = new RuleOrder();
  const operation = 'operation' in route ? route.operation : 'chat';
  let everything: PolicyRule | undefined;
  return rules.flatMap((rule, index) => {
    if (!valid.has(rule)) return [];
    const path = ['routes', name, 'rules', index];
    const earlier = order.add(index, rule.when);
    if (everything) return [unreachable(path, everything)];
    if (earlier !== undefined) return [unreachable(path, rules[earlier] ?? rule)];
    if (!takesEverything(rule.when, operation)) return [];
    everything = rule;
    return [warning([...path, 'when'], `is met by every request, so nothing of this route after it is ever used; narrow it, or remove it`)];
  });
}

function unreachable(path: PolicyPath, { name }: PolicyRule): Finding {
  return {
    path,
    message: `is never reached, because the rule "${name}" before it takes every request that it would; put it before that one, or remove it`,
  };
}
