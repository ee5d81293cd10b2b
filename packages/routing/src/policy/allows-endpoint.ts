/**
 * Whether the roles may call a SageMaker endpoint, by patterns of names as IAM matches them: `*` for any letters, `?` for one. SageMaker
 * writes names into ARNs in lower case, so capitals make no difference.
 */
export function allowsEndpoint(patterns: readonly string[], endpoint: string): boolean {
  return patterns.some((pattern) => toRegExp(pattern.toLowerCase()).test(endpoint.toLowerCase()));
}

function toRegExp(pattern: string): RegExp {
  const parts = pattern.trim().split(/([*?])/);
  return new RegExp(
    `^${parts.map((part) => (part === '*' ? '.*' : part === '?' ? '.' : part.replaceAll(/[^a-z0-9-]/g, '\\$&'))).join('')}$`,
  );
}
