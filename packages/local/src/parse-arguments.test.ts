import { expect, it } from 'vitest';
import { parseArguments } from './parse-arguments.ts';

it.each([
  ['nothing', [], { port: 4510, quiet: false, modelServers: {} }],
  ['everything', ['--port', '0', '--data-dir', 'state', '--quiet'], { port: 0, dataDirectory: 'state', quiet: true, modelServers: {} }],
  ['a minute', ['--minute', '500ms'], { port: 4510, quiet: false, modelServers: {}, minuteMs: 500 }],
  ['a true minute', ['--minute=60s'], { port: 4510, quiet: false, modelServers: {}, minuteMs: 60_000 }],
  [
    'model servers',
    ['--model-server', 'a.b-v1:0=http://127.0.0.1:11434/v1#llama3:8b', '--model-server=c=http://127.0.0.1:8000/v1'],
    {
      port: 4510,
      quiet: false,
      modelServers: {
        'a.b-v1:0': { baseUrl: 'http://127.0.0.1:11434/v1', model: 'llama3:8b' },
        c: { baseUrl: 'http://127.0.0.1:8000/v1', model: 'c' },
      },
    },
  ],
])('reads %s', (_name, args, expected) => {
  expect(parseArguments(args)).toEqual({ kind: 'parsed', arguments: expected });
});

it.each([
  [['--prot', '1'], /Unknown option '--prot'/],
  [['--port'], /--port/],
  [['--port', '70000'], /from 0 to 65535, not "70000"/],
  [['--port', ''], /from 0 to 65535/],
  [['--data-dir', ''], /needs a folder/],
  [['extra'], /extra/],
  [['--minute', '6'], /such as 6s, 500ms or 60s, not "6"/],
  [['--minute', '0s'], /not "0s"/],
  [['--model-server', 'http://127.0.0.1/v1'], /must be <model id>=<URL>/],
  [['--model-server', 'a=http://'], /must be <model id>=<URL>/],
])('refuses %j', (args, message) => {
  expect(parseArguments(args)).toEqual({ kind: 'invalid', message: expect.stringMatching(message) });
});

it.each(['--help', '-h'])('takes %s for a question, whatever else stands there', (flag) => {
  expect(parseArguments(['--quiet', flag])).toEqual({ kind: 'help' });
});
