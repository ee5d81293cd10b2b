import { MAX_LABELS } from '@signalbox/contracts';
import type { ParameterProblems } from './parameter-problems.ts';

type Labels = Record<string, string>;
type Sources = {
  metadata?: Labels | null | undefined;
  user?: string | null | undefined;
  signalbox?: { labels?: Labels | undefined } | null | undefined;
};

/** The labels of a request, from wherever they stand; undefined when it has none. The same name must not have two values. */
export function collectLabels({ metadata, user, signalbox }: Sources, problems: ParameterProblems): Labels | undefined {
  const labels = new Map(Object.entries(metadata ?? {}));
  for (const [name, value] of Object.entries(signalbox?.labels ?? {})) add(['signalbox', 'labels', name], name, value);
  if (typeof user === 'string') add(['user'], 'user', user);
  if (labels.size > MAX_LABELS)
    problems.invalid(['metadata'], `must make at most ${MAX_LABELS} labels, with those of signalbox.labels and user`);
  return labels.size > 0 ? Object.fromEntries(labels) : undefined;

  function add(path: string[], name: string, value: string): void {
    const before = labels.get(name);
    if (before !== undefined && before !== value)
      problems.invalid(path, 'must not differ from the label of that name elsewhere in the request');
    labels.set(name, value);
  }
}
