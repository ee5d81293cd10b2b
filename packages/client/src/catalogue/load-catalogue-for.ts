import { type Catalogue, CatalogueOverridesError, loadCatalogue } from '@signalbox/catalogue';
import { parseDocument } from 'yaml';
import { findOverrides, type PolicySource } from '../policy/read-policy-source.ts';
import { UsageError } from '../usage-error.ts';

/** The catalogue with the overrides that stand beside a policy. */
export function loadCatalogueFor({ overrides }: Pick<PolicySource, 'overrides'>): Catalogue {
  if (!overrides) return loadCatalogue();
  const document = parseDocument(overrides.text);
  const [error] = document.errors;
  if (error) throw new UsageError(`${overrides.file} is not YAML: ${error.message}`);
  try {
    return loadCatalogue({ overrides: document.toJS() });
  } catch (error) {
    if (error instanceof CatalogueOverridesError) throw new UsageError(`${overrides.file}: ${error.message}`);
    throw error;
  }
}

/** The catalogue with the overrides of the policy that stands in a folder or above it, if one does. */
export function loadCatalogueHere(from: string): Catalogue {
  return loadCatalogueFor({ overrides: findOverrides(from) });
}
