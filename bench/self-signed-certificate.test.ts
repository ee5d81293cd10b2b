import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { expect, it } from 'vitest';
import { createSelfSignedCertificate } from './self-signed-certificate.ts';

it('makes a certificate for its host name that its own key has signed', () => {
  const { certificate } = createSelfSignedCertificate({ name: 'localhost', validDays: 2 });
  const parsed = new X509Certificate(certificate);
  expect(parsed.checkHost('localhost')).toBe('localhost');
  expect(parsed.checkHost('example.com')).toBeUndefined();
  expect(parsed.verify(parsed.publicKey)).toBe(true);
  expect(parsed.validToDate.getTime()).toBeGreaterThan(Date.now() + 86_400_000);
});

it('is trusted by a client that has it as its authority', async () => {
  const { certificate, privateKey } = createSelfSignedCertificate({ name: 'localhost', validDays: 2 });
  const server = createServer({ key: privateKey, cert: certificate }, (socket) => socket.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', servername: 'localhost', ca: certificate });
  const [greeting] = (await once(socket, 'data')) as [Buffer];
  expect(greeting.toString()).toBe('hello');
  expect(socket.authorized).toBe(true);
  server.close();
});
