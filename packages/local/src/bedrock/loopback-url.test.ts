import { expect, it } from 'vitest';
import { loopbackUrl } from './loopback-url.ts';

it.each([
  ['http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434/v1'],
  ['http://localhost:8000/v1/', 'http://127.0.0.1:8000/v1'],
  ['http://[::1]:8080', 'http://[::1]:8080'],
  ['http://2130706433:1/', 'http://127.0.0.1:1'],
])('%s becomes %s', (given, expected) => {
  expect(loopbackUrl(given, 'm')).toBe(expected);
});

it.each([
  'http://example.com/v1',
  'http://127.0.0.1.example.com/v1',
  'http://localhost.example.com',
  'http://127.0.0.1@example.com/',
  'http://0.0.0.0:1/',
  'http://192.168.1.2/v1',
  'https://127.0.0.1/v1',
  'file:///etc/passwd',
  'not a url',
])('%s is refused with the reason', (given) => {
  expect(() => loopbackUrl(given, 'm')).toThrow(/modelServers\['m'\]\.baseUrl.*(only|not a URL).*127\.0\.0\.1:11434/);
});
