/** The base URL of a model server, without a slash at its end. Throws unless it is plain HTTP to this machine: prompts do not leave it. */
export function loopbackUrl(baseUrl: string, modelId: string): string {
  const refuse = (why: string) =>
    new Error(
      `modelServers['${modelId}'].baseUrl is '${baseUrl}', ${why}. Give the URL of a server on this machine, such as http://127.0.0.1:11434/v1.`,
    );
  if (!URL.canParse(baseUrl)) throw refuse('which is not a URL');
  const url = new URL(baseUrl);
  if (url.protocol !== 'http:') throw refuse(`but only http: is supported`);
  // Resolved here and not by the system, so that no hosts file can send a prompt elsewhere.
  if (url.hostname === 'localhost') url.hostname = '127.0.0.1';
  if (url.hostname !== '127.0.0.1' && url.hostname !== '[::1]') throw refuse('but only loopback (127.0.0.1, localhost, [::1]) is allowed');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
