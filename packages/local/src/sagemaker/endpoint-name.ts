const PREFIX = 'signalbox-';

/** Every endpoint of this prefix is there, and serves the model whose name follows: `signalbox-llama-3` the model `llama-3`. Undefined: there is no such endpoint. */
export function modelOfEndpoint(name: string): string | undefined {
  if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(name) || !name.startsWith(PREFIX)) return undefined;
  return name.slice(PREFIX.length);
}
