/** Loopback, RFC 1918 and unique local addresses. Link-local ones are not among them: the cloud's metadata is served there. */
const PRIVATE = [/^127\./, /^10\./, /^192\.168\./, /^172\.(1[6-9]|2\d|3[01])\./];

/** Whether a host of a parsed URL is this machine or an address of a private network. A name may stand for anything, so only `localhost` is. */
export function isPrivateHost(hostname: string): boolean {
  if (hostname === 'localhost' || hostname.endsWith('.localhost')) return true;
  if (hostname.startsWith('[')) return hostname === '[::1]' || /^\[f[cd][0-9a-f]{2}:/.test(hostname);
  return /^\d+\.\d+\.\d+\.\d+$/.test(hostname) && PRIVATE.some((range) => range.test(hostname));
}
