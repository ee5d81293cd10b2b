import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export type Translated = Readonly<Record<string, { type: string; properties: Record<string, unknown> }>>;
export type TranslateInput = {
  /** The template's file. */
  template: string;
  parameters: Readonly<Record<string, unknown>>;
  /** What `Ref` gives of everything but parameters, and `Fn::GetAtt`, by `id.attribute`. */
  references: Readonly<Record<string, unknown>>;
};

const TIMEOUT_MS = 60_000;

/** The resources that SAM's translator makes of each template. */
export async function translateBySam(python: string, inputs: readonly TranslateInput[]): Promise<Translated[]> {
  const child = spawn(python, [`${import.meta.dirname}/translate.py`], { stdio: 'pipe', timeout: TIMEOUT_MS });
  child.stdin.end(JSON.stringify(inputs));
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw new Error(`SAM's translator failed with ${code}: ${errors}`);
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
}
