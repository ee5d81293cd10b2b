import type { OverrideProblem } from './catalogue-overrides-error.ts';
import type { Model } from './model.ts';
import { suggestNames } from './suggest-names.ts';

/** What is wrong with a record beside the others, or in itself, that a schema cannot see. */
export function checkModel(model: Model, models: ReadonlyMap<string, Model>): OverrideProblem[] {
  return [...checkLimits(model), ...checkProfiles(model), ...checkSuccessor(model, models), ...checkNames(model, models)];
}

function checkLimits({ limits: { contextTokens, maxOutputTokens } }: Model): OverrideProblem[] {
  if (contextTokens === null || maxOutputTokens === null || maxOutputTokens <= contextTokens) return [];
  return [{ path: ['limits', 'maxOutputTokens'], message: `is more than contextTokens (${contextTokens})` }];
}

function checkProfiles({ id, profiles }: Model): OverrideProblem[] {
  return profiles.flatMap((profile, place) => {
    const expected = `${profile.prefix}.${id}`;
    if (profile.id === expected) return [];
    return [{ path: ['profiles', String(place), 'id'], message: `must be prefix and model id: ${expected}` }];
  });
}

function checkSuccessor({ lifecycle: { successor } }: Model, models: ReadonlyMap<string, Model>): OverrideProblem[] {
  if (successor === null || models.has(successor)) return [];
  const [closest] = suggestNames(successor, models.keys());
  const hint = closest === undefined ? '' : `; if "${closest}" is meant, write that id`;
  return [{ path: ['lifecycle', 'successor'], message: `"${successor}" is not in the catalogue${hint}` }];
}

/** One name, one model: a policy that names it must not depend on the order of records. */
function checkNames(model: Model, models: ReadonlyMap<string, Model>): OverrideProblem[] {
  const own = namesOf(model);
  return [...models.values()].flatMap((other) => {
    if (other.id === model.id) return [];
    const shared = namesOf(other).find((name) => own.includes(name));
    return shared === undefined ? [] : [{ path: [], message: `has the name "${shared}", which is that of the model ${other.id}` }];
  });
}

function namesOf({ id, aliases, profiles }: Model): string[] {
  return [id, ...aliases, ...profiles.map((profile) => profile.id)];
}
