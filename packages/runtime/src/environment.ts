import { ConfigurationError } from './errors.ts';

/** Reads the named environment variables; names every one that is missing or empty at once. */
export function readEnvironment<Name extends string>(
  names: readonly Name[],
  source: NodeJS.ProcessEnv = process.env,
): Record<Name, string> {
  const missing = names.filter((name) => !source[name]);
  if (missing.length > 0) {
    throw new ConfigurationError({
      message: `Missing environment variables: ${missing.join(', ')}. Set them on the function in its template.yaml.`,
    });
  }
  return Object.fromEntries(names.map((name) => [name, source[name]])) as Record<Name, string>;
}
