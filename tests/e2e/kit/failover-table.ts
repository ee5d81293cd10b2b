import { createHash } from 'node:crypto';
import { connect, deployTable } from '@signalbox/client/releases';
import type { Route, RouteLimits, RoutingTable, RoutingTarget, StackFile } from '@signalbox/contracts';
import { readTableCopy } from './routing-tables.ts';

export const PROVIDERS = ['bedrock', 'openai'] as const;
/** Who answers for a target: the embedded Bedrock, or the same models behind OpenAI's API. */
export type Provider = (typeof PROVIDERS)[number];

/** A route whose targets are asked in their order, and belong to it alone. */
export type FailoverRoute = {
  name: string;
  provider: Provider;
  targets?: number;
  rescue?: Route['rescue'];
  limits?: Partial<RouteLimits>;
  /** Of each target, in tokens; absent for a million each. */
  contextTokens?: readonly number[];
  /** Replaces the base URL of the first target, whose server is then the test's own. */
  firstBaseUrl?: string;
};

/** US dollars per million tokens, another for each target, so that a bill shows whose tokens it is for. */
const PRICES = [
  { inputPerMTokens: 1_000, outputPerMTokens: 2_000 },
  { inputPerMTokens: 30_000, outputPerMTokens: 50_000 },
  { inputPerMTokens: 700_000, outputPerMTokens: 900_000 },
] as const;

/** What the target calls: the same word in the simulator and in `x-signalbox-target`. */
export function targetOf(route: string, index: number): string {
  return `${route}-${index}`;
}

/** Puts a table in force that has these routes beside those of the policy. */
export async function deployFailoverTable(stack: StackFile, routes: readonly FailoverRoute[]): Promise<RoutingTable> {
  const base = await readTableCopy(stack);
  const targets = routes.flatMap((route) =>
    Array.from({ length: countOf(route) }, (_, index) => makeTarget({ stack, base, route, index })),
  );
  const table = {
    ...base,
    schemaVersion: '1.1',
    targets: { ...base.targets, ...Object.fromEntries(targets.map((target) => [target.id, target])) },
    routes: { ...base.routes, ...Object.fromEntries(routes.map((route) => [route.name, makeRoute(route)])) },
  };
  const versioned = { ...table, version: createHash('sha256').update(JSON.stringify(table)).digest('hex').slice(0, 12) };
  await deployTable(await connect({ stack }), { table: versioned, emergency: true });
  return versioned;
}

function countOf({ targets = 2 }: FailoverRoute): number {
  return targets;
}

type Making = { stack: StackFile; base: RoutingTable; route: FailoverRoute; index: number };

function makeTarget({ stack, base, route, index }: Making): RoutingTarget {
  const id = targetOf(route.name, index);
  // The roles may call these models, so that a table that names them is let in.
  const samples = Object.values(base.targets).filter((target) => target.kind === 'bedrock' && target.capabilities.includes('streaming'));
  const models = [...new Map(samples.map((target) => [target.model, target])).values()];
  const sample = models[index % models.length];
  if (sample?.kind !== 'bedrock') throw new Error('the policy has no target of Bedrock that streams');
  const facts = {
    ...sample,
    id,
    modelId: id,
    definition: createHash('sha256').update(id).digest('hex').slice(0, 8),
    maxOutputTokens: null,
    contextTokens: route.contextTokens?.[index] ?? 1_000_000,
    price: PRICES[index % PRICES.length] as RoutingTarget['price'],
  };
  if (route.provider === 'bedrock') return facts;
  const own = index === 0 ? route.firstBaseUrl : undefined;
  return { ...facts, kind: 'openai', baseUrl: own ?? `${stack.awsEndpointUrl}/openai/v1` };
}

function makeRoute(route: FailoverRoute): Route {
  const { name, rescue, limits } = route;
  return {
    name,
    operation: 'chat',
    strategy: 'static',
    candidates: [{ target: targetOf(name, 0), weight: 1 }],
    fallbacks: Array.from({ length: countOf(route) - 1 }, (_, index) => targetOf(name, index + 1)),
    maxTokens: { default: 64, cap: 8_192 },
    limits: { attemptMs: 30_000, firstTokenMs: 10_000, idleMs: 10_000, retryAfterMs: 5_000, maxTargets: 3, ...limits },
    ...(rescue && { rescue }),
  };
}

/** US dollars for what an attempt used, by the prices of the table. */
export function priceOf(
  { targets }: RoutingTable,
  { target, usage }: { target: string; usage?: { inputTokens: number; outputTokens: number } | undefined },
): number {
  const price = targets[target]?.price;
  if (!usage) return 0;
  return (usage.inputTokens * (price?.inputPerMTokens ?? 0) + usage.outputTokens * (price?.outputPerMTokens ?? 0)) / 1e6;
}
