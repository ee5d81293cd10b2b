import type { Answer, AnswerBlock, AnswerPart } from './answer.ts';
import { CHARACTERS_PER_TOKEN } from './estimate-tokens.ts';

const USUAL_PARTS = 16;
const MAXIMUM_PART_TOKENS = 16;

/** An answer as the parts it streams in: about 16, so that a short one comes in several and a long one does not come in thousands. */
export function sliceAnswer({ blocks, stopReason, usage }: Answer): AnswerPart[] {
  const partTokens = Math.min(MAXIMUM_PART_TOKENS, Math.max(1, Math.ceil(usage.outputTokens / USUAL_PARTS)));
  return [...blocks.flatMap((block, blockIndex) => sliceBlock(block, blockIndex, partTokens)), { kind: 'end', stopReason, usage }];
}

function sliceBlock(block: AnswerBlock, blockIndex: number, partTokens: number): AnswerPart[] {
  if (block.kind === 'text') return sliceText(block.text, partTokens).map((text) => ({ kind: 'text', blockIndex, text }));
  const { toolUseId, name, input } = block;
  const inputs = sliceText(JSON.stringify(input), partTokens).map((json): AnswerPart => ({ kind: 'tool-use-input', blockIndex, json }));
  return [{ kind: 'tool-use-start', blockIndex, toolUseId, name }, ...inputs];
}

/** By code points, because half a surrogate pair does not survive JSON over UTF-8. */
function sliceText(text: string, partTokens: number): string[] {
  const slices: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = start + partTokens * CHARACTERS_PER_TOKEN;
    if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end += 1;
    slices.push(text.slice(start, end));
    start = end;
  }
  return slices;
}
