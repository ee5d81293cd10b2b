import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type Listener, startListener } from './listener.ts';

const open: Listener[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.close()));
});

async function listen(port = 0): Promise<Listener> {
  const listener = await startListener({
    port,
    onRequest: (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => response.end(`${request.httpVersion} ${request.method} ${Buffer.concat(chunks).toString()}`));
    },
  });
  open.push(listener);
  return listener;
}

it('speaks HTTP/1.1 and HTTP/2 on the same port', async () => {
  const { port } = await listen();
  const url = `http://127.0.0.1:${port}`;
  expect(await (await fetch(url, { method: 'POST', body: 'one' })).text()).toBe('1.1 POST one');
  expect(await overHttp2(url, 'two')).toBe('2.0 POST two');
});

it('waits for a preface that comes byte by byte', async () => {
  const { port } = await listen();
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    socket.on('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    // Shares two letters with the HTTP/2 preface.
    const bytes = [...'PROPFIND / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'];
    const writeNext = () => {
      const next = bytes.shift();
      if (next !== undefined) socket.write(next, () => setImmediate(writeNext));
    };
    writeNext();
  });
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*1\.1 PROPFIND/);
});

it('takes a free port when the one asked for is busy', async () => {
  const { port } = await listen();
  const second = await listen(port);
  expect(second.port).not.toBe(port);
  expect((await fetch(`http://127.0.0.1:${second.port}`)).status).toBe(200);
});

it('closes although a client keeps its connection', async () => {
  const listener = await listen();
  const socket = connect(listener.port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => socket.destroy());
  await listener.close();
  await closed;
  await expect(fetch(`http://127.0.0.1:${listener.port}`)).rejects.toThrow();
});

function overHttp2(url: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(url);
    session.on('error', reject);
    const stream = session.request({ ':method': 'POST', ':path': '/' });
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      text += chunk;
    });
    stream.on('end', () => {
      session.close();
      resolve(text);
    });
    stream.end(body);
  });
}
