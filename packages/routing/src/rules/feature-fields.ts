import type { RequestFeatures } from '../features/request-features.ts';

/** Reads what a pattern sees at one path of a request: undefined when there is nothing. */
export type ReadField = (features: RequestFeatures) => unknown;

/** Every feature that a pattern can name, the cheap ones first: a costly one is only read when those before it have not decided. */
const FIELDS = {
  operation: ({ operation }) => operation,
  tenant: ({ tenant }) => tenant,
  priority: ({ priority }) => priority,
  hasTools: ({ hasTools }) => hasTools,
  labels: ({ labels }) => labels,
  inputModalities: ({ inputModalities }) => inputModalities,
  tools: ({ tools }) => tools,
  text: ({ text }) => (text === '' ? undefined : text),
  language: ({ language }) => language,
  estimatedInputTokens: ({ estimatedInputTokens }) => estimatedInputTokens,
} as const satisfies Record<string, ReadField>;

type FeatureName = keyof typeof FIELDS;

/** What rules can ask about. */
export const FEATURE_NAMES = Object.keys(FIELDS) as readonly FeatureName[];

/** How late a path is read. */
export function rankOf([name = '']: readonly string[]): number {
  return FEATURE_NAMES.indexOf(name as FeatureName);
}

/** Of a path that no request has, there is never anything. */
export function readerOf(segments: readonly string[]): ReadField {
  const [name = '', label, ...rest] = segments;
  if (name === 'labels') return label !== undefined && rest.length === 0 ? readLabel(label) : () => undefined;
  return label === undefined && Object.hasOwn(FIELDS, name) ? FIELDS[name as FeatureName] : () => undefined;
}

function readLabel(name: string): ReadField {
  return ({ labels }) => (Object.hasOwn(labels, name) ? labels[name] : undefined);
}

/** The request as the event that patterns are written for, with no more than these of its features. */
export function toDocument(features: RequestFeatures, names: ReadonlySet<string>): Record<string, unknown> {
  const named = FEATURE_NAMES.filter((name) => names.has(name)).map((name) => [name, FIELDS[name](features)] as const);
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}
