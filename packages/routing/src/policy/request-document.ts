import { Priority } from '@signalbox/contracts';

type FeatureKind =
  | { kind: 'text'; isAlwaysThere: boolean; values?: readonly string[] }
  | { kind: 'number'; isAlwaysThere: true }
  | { kind: 'boolean'; isAlwaysThere: true }
  /** A map of texts. */
  | { kind: 'labels' };

/** What a rule may compare a feature with, and what editors say of it. */
export type Feature = FeatureKind & { words: string };

const OPERATIONS = ['chat', 'embed', 'image', 'video'] as const;
const MODALITIES = ['text', 'image', 'document', 'video', 'audio'] as const;

/** The document that the patterns of rules see of a request. */
export const REQUEST_DOCUMENT: Readonly<Record<string, Feature>> = {
  operation: { kind: 'text', isAlwaysThere: true, values: OPERATIONS, words: 'What the request asks for.' },
  tenant: { kind: 'text', isAlwaysThere: true, words: 'Who pays.' },
  priority: { kind: 'text', isAlwaysThere: false, values: Priority.options, words: 'The lane on which it came.' },
  inputModalities: { kind: 'text', isAlwaysThere: true, values: MODALITIES, words: 'What it has in it; text is always among them.' },
  estimatedInputTokens: { kind: 'number', isAlwaysThere: true, words: "Tokens of input as estimated: [{ numeric: ['>', 100000] }]." },
  hasTools: { kind: 'boolean', isAlwaysThere: true, words: 'Whether it offers tools to the model.' },
  tools: { kind: 'text', isAlwaysThere: false, words: 'Names of the tools that it offers.' },
  language: {
    kind: 'text',
    isAlwaysThere: false,
    words: 'Code of the language of the last message, like en or vi; absent when it is not clear.',
  },
  labels: { kind: 'labels', words: 'Labels that the producer gave it: { team: [legal] }.' },
  text: { kind: 'text', isAlwaysThere: false, words: "The last message: [{ wildcard: '*refund*' }]." },
};
