import { applyOverrides } from './apply-overrides.ts';
import { type Catalogue, createCatalogue } from './catalogue.ts';
import { modelData } from './model-data.ts';

let shipped: Catalogue | undefined;

/**
 * The catalogue: the package's data, changed and extended by the overrides of a policy (`policy/catalogue.yaml`, parsed).
 * Throws `CatalogueOverridesError` with every mistake in them.
 *
 * @example
 * const catalogue = loadCatalogue({ overrides: parse(await readFile('policy/catalogue.yaml', 'utf8')) });
 */
export function loadCatalogue({ overrides }: { overrides?: unknown } = {}): Catalogue {
  shipped ??= createCatalogue(modelData);
  // An empty YAML file parses to null.
  if (overrides === undefined || overrides === null) return shipped;
  return createCatalogue(applyOverrides({ models: shipped.models, overrides }));
}
