import type { Explanation } from '@signalbox/routing';
import type { Explained } from './explain-request.ts';
import { formatProblem } from './format-problem.ts';

/** What one target of one route would get of the traffic: as a first choice, in expectation. */
export type TargetTraffic = { route: string; target: string; requests: number; share: number; costUsd: number; unpricedRequests: number };
export type RefusedLine = { line: number; problems: string[] };
export type Traffic = {
  requests: number;
  answerable: number;
  targets: TargetTraffic[];
  /** Those that no target of their route can take. */
  unservable: RefusedLine[];
  /** Those that the intake would refuse. */
  refused: RefusedLine[];
};

export type ExplainedLine = { line: number; explained: Explained } | { line: number; problem: string };

/** Where many requests would go and what that would cost, each at its first choice with all of its output used. */
export function summarizeTraffic(lines: readonly ExplainedLine[]): Traffic {
  const refused: RefusedLine[] = [];
  const unservable: RefusedLine[] = [];
  const byTarget = new Map<string, TargetTraffic>();
  let answerable = 0;
  for (const entry of lines) {
    if ('problem' in entry) refused.push({ line: entry.line, problems: [`is not JSON: ${entry.problem}`] });
    else if (entry.explained.kind === 'refused') refused.push({ line: entry.line, problems: entry.explained.problems.map(formatProblem) });
    else if (entry.explained.explanation.targets.length === 0)
      unservable.push({ line: entry.line, problems: reasonsOf(entry.explained.explanation) });
    else {
      answerable += 1;
      addTraffic(byTarget, entry.explained.explanation);
    }
  }
  const targets = [...byTarget.values()].map((one) => ({ ...one, share: one.requests / answerable })).sort(byRouteAndShare);
  return { requests: lines.length, answerable, targets, unservable, refused };
}

function addTraffic(byTarget: Map<string, TargetTraffic>, { route, targets }: Explanation): void {
  // Where health may hold everyone out, the rest still goes somewhere: shares are of those that are asked.
  const total = targets.reduce((sum, { probability }) => sum + probability, 0) || 1;
  for (const { target, probability, estimatedCostUsd } of targets) {
    if (probability === 0) continue;
    const key = `${route}/${target}`;
    const known = byTarget.get(key) ?? { route, target, requests: 0, share: 0, costUsd: 0, unpricedRequests: 0 };
    const requests = probability / total;
    known.requests += requests;
    if (estimatedCostUsd === null) known.unpricedRequests += requests;
    else known.costUsd += requests * estimatedCostUsd;
    byTarget.set(key, known);
  }
}

function reasonsOf({ route, leftOut }: Explanation): string[] {
  const reasons = leftOut.map(({ target, words }) => `${target} ${words}`);
  return [`route ${route}: ${reasons[0] ?? 'has no target'}`, ...reasons.slice(1)];
}

function byRouteAndShare(left: TargetTraffic, right: TargetTraffic): number {
  if (left.route !== right.route) return left.route < right.route ? -1 : 1;
  return right.requests - left.requests || (left.target < right.target ? -1 : 1);
}
