import type { RoutingTarget } from '@signalbox/contracts';
import { formatAmount, formatCount } from '../../output/format-figures.ts';
import type { DoctorPorts, Quota } from '../doctor-ports.ts';
import { explainError } from '../explain-error.ts';
import type { Finding } from '../finding.ts';
import { comparableName, parseQuotaName, type QuotaKind, type QuotaScope } from '../quota-names.ts';

/** Names of a model that a quota may bear; none when the catalogue does not know it. */
export type NamesOf = (model: string) => readonly string[];
type Input = { targets: readonly RoutingTarget[]; namesOf: NamesOf; ports: Pick<DoctorPorts, 'listQuotas'> };

const WORDS: Readonly<Record<QuotaKind, string>> = { requestsPerMinute: 'requests per minute', tokensPerMinute: 'tokens per minute' };
const KINDS = Object.keys(WORDS) as QuotaKind[];

/** The account's limits of each model, beside what the table takes them to be. */
export async function checkQuotas({ targets, namesOf, ports }: Input): Promise<Finding[]> {
  const regions = Map.groupBy(targets, ({ region }) => region);
  const findings = [...regions].map(async ([region, group]): Promise<Finding[]> => {
    try {
      const quotas = await ports.listQuotas(region);
      return group.flatMap((target) => describe(target, quotasOf(target, quotas, namesOf)));
    } catch (error) {
      return [explainError(error, { action: 'servicequotas:ListServiceQuotas' })];
    }
  });
  return summarize((await Promise.all(findings)).flat());
}

type Limits = Partial<Record<QuotaKind, number>>;

function quotasOf(target: RoutingTarget, quotas: readonly Quota[], namesOf: NamesOf): Limits {
  const names = new Set(namesOf(target.model).map(comparableName));
  const limits: Limits = {};
  for (const { name, value } of quotas) {
    const parsed = parseQuotaName(name);
    if (parsed && parsed.scope === scopeOf(target) && names.has(parsed.model)) limits[parsed.kind] = value;
  }
  return limits;
}

function scopeOf({ model, modelId }: RoutingTarget): QuotaScope {
  if (modelId === model) return 'on-demand';
  return modelId === `global.${model}` ? 'global-profile' : 'profile';
}

function describe({ id, region, rateLimits = {} }: RoutingTarget, limits: Limits): Finding[] {
  return KINDS.flatMap((kind): Finding[] => {
    const applied = limits[kind];
    const assumed = rateLimits[kind];
    if (applied === undefined) return [];
    if (applied === 0)
      return [
        {
          status: 'fail',
          found: `${id}: the account may make 0 ${WORDS[kind]} in ${region}`,
          advice: 'ask for a higher quota in the Service Quotas console, under Amazon Bedrock',
        },
      ];
    if (assumed !== undefined && assumed > applied)
      return [
        {
          status: 'warn',
          found: `${id}: the policy says ${formatCount(assumed)} ${WORDS[kind]}, the account has ${formatCount(applied)}`,
          advice: 'lower rateLimits in the policy, or ask for a higher quota',
        },
      ];
    return [
      {
        status: 'ok',
        found: `${id}: ${formatCount(applied)} ${WORDS[kind]}${assumed === undefined ? '' : `, of which the policy uses ${formatCount(assumed)}`}`,
      },
    ];
  });
}

function summarize(findings: readonly Finding[]): Finding[] {
  if (findings.length === 0) return [{ status: 'skipped', found: 'Service Quotas names no quota for the models of the table' }];
  const notable = findings.filter(({ status }) => status !== 'ok');
  // What is well is one line, whatever the number of targets.
  const fine = findings.length - notable.length;
  const example = findings.find(({ status }) => status === 'ok')?.found;
  const more = fine > 1 ? ` (and ${formatAmount(fine - 1, 'more quota')})` : '';
  return [...(example ? [{ status: 'ok' as const, found: `${example}${more}` }] : []), ...dedupe(notable)];
}

function dedupe(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [finding.found, finding])).values()];
}
