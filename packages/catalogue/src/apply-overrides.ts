import * as z from 'zod/mini';
import { CatalogueOverridesError, type OverrideProblem } from './catalogue-overrides-error.ts';
import { checkModel } from './check-model.ts';
import { completeOverride } from './complete-override.ts';
import { describeIssue } from './describe-issue.ts';
import { emptyModel } from './empty-model.ts';
import { isRecord } from './is-record.ts';
import { mergeRecords } from './merge-records.ts';
import { Model } from './model.ts';
import { suggestNames } from './suggest-names.ts';

const Changes = z.record(z.string(), z.record(z.string(), z.unknown()));
const Overrides = z.strictObject({ models: z.optional(z.nullable(Changes)) });

/** What a new model must say of itself; all else is not known until it says so. */
const NEEDED = ['name', 'provider', 'inputModalities', 'outputModalities', 'apis'] as const;

/**
 * Merges records by id: objects field by field, lists, prices and plain values replaced. A record with an id that is not
 * known is a new model. Throws `CatalogueOverridesError` with every mistake.
 */
export function applyOverrides({ models, overrides }: { models: readonly Model[]; overrides: unknown }): Model[] {
  const known = new Map(models.map((model) => [model.id, model]));
  const document = Overrides.safeParse(overrides);
  const problems = document.success ? [] : toProblems(document.error.issues, []);
  const changed: Model[] = [];
  for (const [id, change] of readChanges(overrides)) {
    const result = applyOne({ id, change, known });
    if ('problems' in result) problems.push(...result.problems);
    else changed.push(result.model);
  }
  const merged = new Map([...known, ...changed.map((model) => [model.id, model] as const)]);
  for (const model of changed) problems.push(...checkModel(model, merged).map((problem) => below(['models', model.id], problem)));
  if (problems.length > 0) throw new CatalogueOverridesError(problems);
  return [...merged.values()];
}

/** The records that can be judged, also in a document that has other mistakes: all are reported at once. */
function readChanges(overrides: unknown): [id: string, change: Record<string, unknown>][] {
  const models = isRecord(overrides) ? overrides.models : undefined;
  const entries = isRecord(models) ? Object.entries(models) : [];
  return entries.flatMap(([id, change]) => (isRecord(change) ? [[id, change]] : []));
}

type OneOverride = { id: string; change: Record<string, unknown>; known: ReadonlyMap<string, Model> };

function applyOne({ id, change, known }: OneOverride): { model: Model } | { problems: OverrideProblem[] } {
  const path = ['models', id];
  if (change.id !== undefined && change.id !== id) {
    return { problems: [{ path: [...path, 'id'], message: `the key "${id}" is the model's id; leave the field id out` }] };
  }
  const base = known.get(id);
  const missing = base ? [] : NEEDED.filter((field) => !(field in change));
  if (missing.length > 0) return { problems: [{ path, message: describeNewModel({ id, missing, known }) }] };
  const merged = mergeRecords(base ?? emptyModel(id), completeOverride(change));
  const parsed = Model.safeParse(merged);
  return parsed.success ? { model: parsed.data } : { problems: toProblems(parsed.error.issues, path) };
}

function describeNewModel({ id, missing, known }: { id: string; missing: readonly string[]; known: ReadonlyMap<string, Model> }): string {
  const [closest] = suggestNames(id, known.keys());
  const hint = closest === undefined ? '' : `; if "${closest}" is meant, write that id`;
  return `is not in the catalogue, and a new model needs also ${missing.join(', ')}${hint}`;
}

function toProblems(issues: readonly z.core.$ZodIssue[], path: readonly string[]): OverrideProblem[] {
  return issues.map((issue) => below(path, { path: issue.path.map(String), message: describeIssue(issue) }));
}

function below(parent: readonly string[], { path, message }: OverrideProblem): OverrideProblem {
  return { path: [...parent, ...path], message };
}
