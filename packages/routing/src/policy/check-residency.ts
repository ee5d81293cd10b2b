import type { Catalogue } from '@signalbox/catalogue';
import type { RouteInput } from './check-route.ts';
import { closestName } from './closest-name.ts';
import { type Finding, warning } from './finding.ts';
import { knownRegions } from './known-regions.ts';
import { listWords, shortList } from './list-words.ts';
import { expandResidency, regionsOf } from './residency.ts';
import type { ResolvedTarget } from './resolve-target.ts';

/** Regions named eu-… by AWS whose country is not a member of the European Union. */
const NOT_IN_THE_UNION: Readonly<Record<string, string>> = { 'eu-west-2': 'London', 'eu-central-2': 'Zurich' };

/** Whether content of a route stays where it must: with every target, and also when a rule takes it to another route. */
export function checkResidency(input: RouteInput): Finding[] {
  const { name, route, catalogue } = input;
  const entries = route.residency;
  if (!entries) return [];
  const path = ['routes', name, 'residency'];
  const allowed = new Set(expandResidency(entries, catalogue));
  return [
    ...entries.flatMap((entry, index) => checkEntry(entry, [...path, index], catalogue)),
    ...checkPlaces(input, allowed),
    ...checkRules(input, allowed),
  ];
}

function checkEntry(entry: string, path: readonly (string | number)[], catalogue: Catalogue): Finding[] {
  const known = knownRegions(catalogue);
  const regions = regionsOf(entry, catalogue);
  if (regions.length === 0)
    return [{ path, message: `is "${entry}", and no region of the catalogue begins so; write the beginning of one, like eu-*` }];
  if (!entry.endsWith('*')) {
    const closest = known.includes(entry) ? undefined : closestName(entry, known);
    return known.includes(entry)
      ? []
      : [
          warning(
            path,
            `is ${entry}, where the catalogue has no model${closest === undefined ? '; remove it if it is not one of yours' : `; did you mean "${closest}"?`}`,
          ),
        ];
  }
  const others = regions.filter((region) => region in NOT_IN_THE_UNION);
  if (others.length === 0) return [];
  const named = listWords(others.map((region) => `${region} (${NOT_IN_THE_UNION[region]})`));
  return [warning(path, `takes in ${named}, not in the European Union; list the regions one by one to say which are meant`)];
}

function checkPlaces({ places, targets }: RouteInput, allowed: ReadonlySet<string>): Finding[] {
  return places.flatMap(({ target, path }) => {
    const resolved = targets.get(target);
    const problem = resolved && outsideOf(resolved, allowed);
    return problem === undefined ? [] : [{ path, message: `names "${target}", ${problem}` }];
  });
}

function outsideOf(target: ResolvedTarget, allowed: ReadonlySet<string>): string | undefined {
  const { kind, profile, processingRegions, region, modelId } = target;
  if (processingRegions === null && kind === 'openai')
    return "and nobody has stated where its server runs the model: content might leave the route's residency; state it with processingRegions at the target, or write another";
  if (processingRegions === null && profile?.scope !== 'global') {
    return `and nobody has stated where ${modelId} may run: content might leave the route's residency; state it with processingRegions at the target, or ${insteadOf(target, allowed)}`;
  }
  const outside = processingRegions?.filter((one) => !allowed.has(one));
  if (outside?.length === 0) return undefined;
  if (!profile)
    return `which runs in ${outside ? listWords(outside) : region}, outside of the route's residency; write a target in one of: ${shortList([...allowed])}`;
  const where = outside ? listWords(outside) : 'any region';
  return `whose profile ${profile.id} may run in ${where}, outside of the route's residency; ${insteadOf(target, allowed)}`;
}

/** Another way to the same model that stays inside, if there is one. */
function insteadOf({ model }: ResolvedTarget, allowed: ReadonlySet<string>): string {
  const profile = model.profiles.find(({ destinationRegions }) => destinationRegions?.every((region) => allowed.has(region)));
  if (profile) return `write a target with profile: ${profile.prefix}`;
  const regions = (model.onDemandRegions ?? []).filter((region) => allowed.has(region));
  if (regions.length > 0) return `write a target that calls the model without a profile in ${listWords(regions, 'or')}`;
  return 'write a target of another model';
}

function checkRules({ name, route, parts, catalogue }: RouteInput, allowed: ReadonlySet<string>): Finding[] {
  return (route.rules ?? []).flatMap((rule, index) => {
    const other = parts.routes.get(rule.route);
    if (!other || rule.route === name || ('residency' in other && other.residency === undefined)) return [];
    const path = ['routes', name, 'rules', index, 'route'];
    if (!other.residency) {
      return [
        {
          path,
          message: `takes requests to "${rule.route}", which has no residency, so their content may leave the regions of this route; give "${rule.route}" a residency, or write another route`,
        },
      ];
    }
    const outside = expandResidency(other.residency, catalogue).filter((region) => !allowed.has(region));
    if (outside.length === 0) return [];
    return [
      {
        path,
        message: `takes requests to "${rule.route}", whose residency also has ${shortList(outside)}, outside of this route's; narrow it there, or write another route`,
      },
    ];
  });
}
