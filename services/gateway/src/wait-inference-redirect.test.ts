import { describe, expect, it } from 'vitest';
import { waitInferenceRedirect } from './wait-inference-redirect.ts';

describe('the address of the waiting function', () => {
  it.each([
    ['an id', 'https://api.example/prod/v1/inferences/invoice-4711?waitSeconds=5', 'invoice-4711'],
    ['an id that looks like a scheme', 'https://api.example/prod/v1/inferences/urn%3Ainvoice?waitSeconds=5', 'urn:invoice'],
    ['an id with signs', 'https://api.example/prod/v1/inferences/a+b@c?waitSeconds=5', 'a+b@c'],
    ['a path with a slash at its end', 'https://api.example/prod/v1/inferences/invoice-4711/?waitSeconds=5', 'invoice-4711'],
    ['an API without a stage in its path', 'http://127.0.0.1:4510/v1/inferences/invoice-4711?waitSeconds=5', 'invoice-4711'],
  ])('is found from that of the request: %s', (_what, url, id) => {
    const { pathname } = new URL(url);
    const { status, headers } = waitInferenceRedirect({ path: pathname.replace('/prod', ''), id, waitSeconds: 5 });
    const { origin, pathname: target, search } = new URL(headers?.location ?? '', url);
    expect(status).toBe(307);
    expect(origin).toBe(new URL(url).origin);
    expect(decodeURIComponent(target)).toBe(`${decodeURIComponent(pathname.replace(/\/$/, ''))}/wait`);
    expect(search).toBe('?waitSeconds=5');
  });
});
