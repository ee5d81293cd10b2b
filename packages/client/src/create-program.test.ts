import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from './create-program.ts';

/** Every command that does something, by the words that call it. */
function leavesOf(command: Command, words: readonly string[] = []): [string, Command][] {
  if (command.commands.length === 0) return [[words.join(' '), command]];
  return command.commands.flatMap((child) => leavesOf(child, [...words, child.name()]));
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}

describe('createProgram', () => {
  it.each(leavesOf(createProgram()))('has help with an example for %s', (words, command) => {
    const help = helpOf(command);
    expect(help).toContain(`Usage: signalbox ${words} `);
    expect(help).toMatch(new RegExp(`Example:\n {2}\\$ signalbox ${words}( |$)`, 'm'));
  });

  it.each(leavesOf(createProgram()).filter(([words]) => !['start', 'policy compile'].includes(words)))(
    'has --json for %s',
    (_, command) => {
      expect(command.options.map(({ long }) => long)).toContain('--json');
    },
  );
});
