import { closestName } from './closest-name.ts';
import type { PolicyPath } from './finding.ts';
import { PolicyDefaults, PolicyRoute, ROUTE_PARTS } from './policy-route.ts';
import { PolicyFrame } from './policy-schema.ts';
import { PolicyTarget, TARGET_PARTS } from './policy-target.ts';

type Place = { words: string; fields: readonly string[] };

const fieldsOf = ({ shape }: { shape: object }) => Object.keys(shape);

/** Where fields may stand, by the name of the map that holds them. */
const PLACES: Readonly<Record<string, Place>> = {
  '': { words: 'the policy itself', fields: fieldsOf(PolicyFrame) },
  targets: { words: 'a target', fields: fieldsOf(PolicyTarget) },
  routes: { words: 'a route', fields: fieldsOf(PolicyRoute) },
  defaults: { words: 'defaults', fields: fieldsOf(PolicyDefaults) },
  candidates: { words: 'a candidate', fields: fieldsOf(ROUTE_PARTS.candidates) },
  tiers: { words: 'a candidate', fields: fieldsOf(ROUTE_PARTS.tiers) },
  rules: { words: 'a rule', fields: fieldsOf(ROUTE_PARTS.rules) },
  ...Object.fromEntries(
    Object.entries({ ...TARGET_PARTS, requires: ROUTE_PARTS.requires, hedge: ROUTE_PARTS.hedge, guardrail: ROUTE_PARTS.guardrail }).map(
      ([name, part]) => [name, { words: name, fields: fieldsOf(part) }],
    ),
  ),
  maxTokens: { words: 'maxTokens', fields: fieldsOf(ROUTE_PARTS.maxTokens) },
  limits: { words: 'limits', fields: fieldsOf(ROUTE_PARTS.limits) },
};

/** A place with more fields is not explained by their list. */
const LISTED = 8;

/** What is wrong with a field that has no business at `path`, and what to do with it. */
export function describeUnknownField(field: string, path: PolicyPath, value: unknown): string {
  const here = placeAt(path);
  const slip = describeSlip(field, value, here);
  if (slip !== undefined) return slip;
  const closest = here && closestName(field, here.fields);
  if (closest !== undefined) return `is not a known field; did you mean "${closest}"?`;
  const elsewhere = Object.values(PLACES).find(({ fields }) => fields.includes(field));
  if (here && elsewhere) return `is a field of ${elsewhere.words}, not of ${here.words}; move it there or remove it`;
  // A name of two letters is near to everything short.
  const names = Object.values(PLACES).flatMap(({ fields }) => fields.filter((name) => name.length > 2));
  const anywhere = closestName(field, names);
  if (anywhere !== undefined) return `is not a known field; did you mean "${anywhere}"?`;
  const list = here && here.fields.length <= LISTED ? `write one of: ${here.fields.join(', ')}; or ` : '';
  return `is not a known field; ${list}remove it`;
}

/** A key that nobody meant as a field: YAML made it one. */
function describeSlip(field: string, value: unknown, here: Place | undefined): string | undefined {
  if (field === '<<') return 'is a merge key, which policies do not have; write the fields out';
  if (/^\d+$/.test(field)) return 'is not a field: a comma ends a value here; write numbers without commas';
  const [, name, rest] = /^([\w-]+):(\S+)$/.exec(field) ?? [];
  if (name === 'apiKey') return 'is not a field, because no space follows the colon; write apiKey: ssm:<name>';
  if (name !== undefined) return `is not a field, because no space follows the colon; write ${name}: ${rest}`;
  const isCandidate = here !== undefined && (here === PLACES.candidates || here === PLACES.tiers);
  if (!isCandidate || typeof value !== 'number' || closestName(field, here.fields) !== undefined) return undefined;
  return `is not a known field; write { target: ${field}, weight: ${value} }`;
}

function placeAt(path: PolicyPath): Place | undefined {
  // The second part is a name that somebody has chosen.
  if (path.length === 2 && (path[0] === 'targets' || path[0] === 'routes')) return PLACES[path[0]];
  const name = path.findLast((part) => typeof part === 'string') ?? '';
  return Object.hasOwn(PLACES, name) ? PLACES[name] : undefined;
}
