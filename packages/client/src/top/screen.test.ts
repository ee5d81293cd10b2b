import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { terminalScreen } from './screen.ts';

/** A terminal that keeps what is written to it. */
function createTerminal({ columns = 40, rows = 10 } = {}) {
  const written: string[] = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      written.push(String(chunk));
      done();
    },
  });
  const stdout = Object.assign(stream, { isTTY: true, columns, rows }) as unknown as NodeJS.WriteStream;
  return { stdout, written };
}

describe('terminalScreen', () => {
  it('writes only the lines that changed', () => {
    const { stdout, written } = createTerminal();
    const screen = terminalScreen(stdout);
    screen.draw('title\nnova-lite 1.0\nnova-micro 2.0');
    screen.draw('title\nnova-lite 3.0\nnova-micro 2.0');
    expect(written[0]).toContain('title');
    expect(written.slice(1).join('')).toContain('nova-lite 3.0');
    expect(written.slice(1).join('')).not.toMatch(/title|nova-micro/);
  });

  it('writes nothing when nothing changed', () => {
    const { stdout, written } = createTerminal();
    const screen = terminalScreen(stdout);
    screen.draw('title');
    const before = written.length;
    screen.draw('title');
    expect(written).toHaveLength(before);
  });

  it('follows the size of the terminal, until it is let go', () => {
    const { stdout } = createTerminal({ columns: 40 });
    const screen = terminalScreen(stdout);
    let redrawn = 0;
    const dispose = screen.onResize(() => {
      redrawn += 1;
    });
    Object.assign(stdout, { columns: 0, rows: 5 });
    stdout.emit('resize');
    dispose();
    stdout.emit('resize');
    expect(redrawn).toBe(1);
    // A terminal that does not know its width has the usual one.
    expect(screen.size()).toEqual({ columns: 80, rows: 5 });
  });
});
