import { type CompiledPolicy, compilePolicy } from '@signalbox/routing/policy';
import { loadCatalogueFor } from '../catalogue/load-catalogue-for.ts';
import type { Allowed } from '../releases/index.ts';
import type { PolicySource } from './read-policy-source.ts';

/** `allowed` is what the installation allows; absent, nothing is held against it. */
export type CompileOptions = { allowed?: Allowed | undefined; now: Date };

/** Compiles a policy with the catalogue, and with the overrides that stand beside the policy. */
export function compileSource(source: PolicySource, { allowed, now }: CompileOptions): CompiledPolicy {
  return compilePolicy({
    file: source.file,
    text: source.text,
    catalogue: loadCatalogueFor(source),
    today: now.toISOString().slice(0, 10),
    ...(allowed && { allowed }),
  });
}
