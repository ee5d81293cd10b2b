import type { PolicyTarget } from './policy-target.ts';
import type { Readable } from './read-policy.ts';

export type TargetKind = PolicyTarget['kind'];

/** The region of a server of which nobody says where it is. */
export const EXTERNAL_REGION = 'external';

/** How a target is called; undefined while its `kind` is none. One that says nothing is Bedrock's. */
export function kindOf(target: Readable<PolicyTarget>): TargetKind | undefined {
  return 'kind' in target ? target.kind : 'bedrock';
}
