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
    Object.entries({ ...TARGET_PARTS, requires: ROUTE_PARTS.requires, hedge: ROUTE_PARTS.hedge }).map(([name, part]) => [
      name,
      { words: name, fields: fieldsOf(part) },
    ]),
  ),
  maxTokens: { words: 'maxTokens', fields: fieldsOf(ROUTE_PARTS.maxTokens) },
  limits: { words: 'limits', fields: fieldsOf(ROUTE_PARTS.limits) },
};

/** What is wrong with a field that has no business at `path`, and what to do with it. */
export function describeUnknownField(field: string, path: PolicyPath): string {
  const here = placeAt(path);
  const closest = here && closestName(field, here.fields);
  if (closest !== undefined) return `is not a known field; did you mean "${closest}"?`;
  const elsewhere = Object.values(PLACES).find(({ fields }) => fields.includes(field));
  if (here && elsewhere) return `is a field of ${elsewhere.words}, not of ${here.words}; move it there or remove it`;
  const anywhere = closestName(
    field,
    Object.values(PLACES).flatMap(({ fields }) => fields),
  );
  return `is not a known field; ${anywhere === undefined ? 'remove it' : `did you mean "${anywhere}"?`}`;
}

function placeAt(path: PolicyPath): Place | undefined {
  if (path.length === 2) return PLACES[String(path[0])];
  const name = path.findLast((part) => typeof part === 'string') ?? '';
  return Object.hasOwn(PLACES, name) ? PLACES[name] : undefined;
}
