import type { TargetInput } from './check-target.ts';
import type { Finding } from './finding.ts';
import { listWords } from './list-words.ts';
import type { PolicyTarget } from './policy-target.ts';
import { NO_FIELDS } from './read-policy.ts';
import { kindOf, type TargetKind } from './target-kind.ts';

type Field = keyof PolicyTarget;

/** Fields that mean something for some kinds only. */
const KINDS_OF_FIELDS: Partial<Record<Field, readonly TargetKind[]>> = {
  profile: ['bedrock'],
  serviceTier: ['bedrock'],
  acceptEndOfLife: ['bedrock'],
  modelId: ['bedrock', 'openai'],
  baseUrl: ['openai'],
  apiKey: ['openai'],
  maxTokensField: ['openai'],
  endpoint: ['sagemaker'],
  component: ['sagemaker'],
};

const NEEDED: Readonly<Record<TargetKind, Partial<Record<Field, string>>>> = {
  bedrock: { region: 'must be an AWS region, like us-east-1' },
  openai: { baseUrl: 'must be the address of the server, like https://llm.example.com/v1' },
  sagemaker: {
    region: "must be the endpoint's AWS region, like us-east-1",
    endpoint: 'must be the name of the endpoint, like signalbox-llama',
  },
};

/** Whether a target has the fields of its kind, and those of no other. */
export function checkKind({ id, target }: Pick<TargetInput, 'id' | 'target'>): Finding[] {
  const kind = kindOf(target);
  if (kind === undefined || target === NO_FIELDS) return [];
  const path = ['targets', id];
  const strange = (Object.keys(target) as Field[]).flatMap((field): Finding[] => {
    const kinds = KINDS_OF_FIELDS[field];
    return !kinds || kinds.includes(kind) ? [] : [{ path: [...path, field], message: describeStrange({ field, kind, kinds }), at: 'key' }];
  });
  const missing = Object.entries(NEEDED[kind]).flatMap(([field, rule]): Finding[] =>
    field in target ? [] : [{ path: [...path, field], message: `is required and ${rule}` }],
  );
  return [...strange, ...missing];
}

type Strange = { field: Field; kind: TargetKind; kinds: readonly TargetKind[] };

function describeStrange({ field, kind, kinds }: Strange): string {
  if (field === 'modelId') return `is not for kind ${kind}, which is called by the endpoint's name; write endpoint, and remove it`;
  const unsaid = kind === 'bedrock' ? ', as any that says none' : '';
  const other = listWords(kinds, 'or');
  return `is a field of kind ${other}, and this target is of kind ${kind}${unsaid}; write kind: ${other}, or remove it`;
}
