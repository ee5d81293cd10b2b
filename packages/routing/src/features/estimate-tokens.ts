/**
 * How a text is cut into runs, and what a run costs. Fitted by least squares of the relative error against o200k_base on this
 * folder's fixtures (their first two parts) and on sources, JSON and Markdown of this repository; where no more is said, tokens each.
 */
const WORD = 1;
const LETTERS_OF_ONE_TOKEN = 7;
const FURTHER_LETTER = 0.33;
const ACCENTED_LETTER = 0.215;
const DIGITS_OF_ONE_TOKEN = 3;
const PUNCTUATION = 0.72;
const FURTHER_PUNCTUATION = 0.21;
const LINE_BREAK = 0.53;
const INDENTATION = 0.53;

const LETTER = 1;
const DIGIT = 2;
const SPACE = 3;
const PUNCTUATION_MARK = 4;
/** Kinds from here on cost the same for every UTF-16 code unit. */
const HAN = 5;
const KANA = 6;
const HANGUL = 7;
const WIDE_PUNCTUATION = 8;
const OTHER_SCRIPT = 9;
const SYMBOL = 10;
const SURROGATE = 11;
const TOKENS_PER_UNIT = [0, 0, 0, 0, 0, 0.87, 0.8, 0.81, 0.2, 0.36, 1.2, 0.9];

/** Later ranges win over earlier ones. */
const RANGES: readonly (readonly [from: number, to: number, kind: number])[] = [
  [0x0000, 0x007f, PUNCTUATION_MARK],
  [0x0009, 0x000d, SPACE],
  [0x0020, 0x0020, SPACE],
  [0x0030, 0x0039, DIGIT],
  [0x0041, 0x005a, LETTER],
  [0x0061, 0x007a, LETTER],
  [0x0080, 0xffff, OTHER_SCRIPT],
  [0x00a0, 0x00bf, PUNCTUATION_MARK],
  [0x00c0, 0x024f, LETTER],
  [0x0300, 0x036f, LETTER],
  [0x1e00, 0x1eff, LETTER],
  [0x2000, 0x206f, PUNCTUATION_MARK],
  [0x2070, 0x2bff, SYMBOL],
  [0x2e80, 0x2fff, HAN],
  [0x3000, 0x303f, WIDE_PUNCTUATION],
  [0x3040, 0x30ff, KANA],
  [0x3100, 0x318f, HANGUL],
  [0x3400, 0x9fff, HAN],
  [0xac00, 0xd7af, HANGUL],
  [0xd800, 0xdfff, SURROGATE],
  [0xf900, 0xfaff, HAN],
  [0xff00, 0xffef, WIDE_PUNCTUATION],
];
const KINDS = new Uint8Array(0x10000);
for (const [from, to, kind] of RANGES) KINDS.fill(kind, from, to + 1);

/** A longer text is judged by `SAMPLES` slices of it, evenly spaced, of this length in all. */
const MAX_READ = 131_072;
const SAMPLES = 64;

/**
 * Tokens of a text, estimated: before a call nobody can know more, since Claude's and Nova's tokenizers are not public. One pass
 * over 131,072 UTF-16 units of it at most: about a millisecond for the longest text.
 *
 * Against o200k_base the error on this folder's fixtures is within 5 % for English and Vietnamese, 10 % for TypeScript, Python and
 * JSON, and 13 % for Chinese, Japanese and Korean. Other alphabets are counted at 0.36 tokens a character, which was right to
 * a fifth for one sentence each of nine languages. The package `tokenx` was within 28 % on the same Chinese texts, 16 % on the Vietnamese ones,
 * and took some ten times as long.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length <= MAX_READ ? countRuns(text, 0, text.length) : countSamples(text));
}

function countSamples(text: string): number {
  const length = MAX_READ / SAMPLES;
  const step = (text.length - length) / (SAMPLES - 1);
  let tokens = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const from = Math.floor(sample * step);
    tokens += countRuns(text, from, from + length);
  }
  return (tokens * text.length) / MAX_READ;
}

function countRuns(text: string, from: number, to: number): number {
  let tokens = 0;
  let start = from;
  while (start < to) {
    const kind = kindAt(text, start);
    let end = start + 1;
    while (end < to && kindAt(text, end) === kind) end++;
    tokens += countRun(text, kind, start, end);
    start = end;
  }
  return tokens;
}

function countRun(text: string, kind: number, start: number, end: number): number {
  const length = end - start;
  if (kind >= HAN) return length * (TOKENS_PER_UNIT[kind] ?? 0);
  if (kind === LETTER) return countLetters(text, start, end);
  if (kind === DIGIT) return Math.ceil(length / DIGITS_OF_ONE_TOKEN);
  if (kind === PUNCTUATION_MARK) return PUNCTUATION + (length - 1) * FURTHER_PUNCTUATION;
  return countSpace(text, start, end);
}

/** A run of letters is as many words as it has humps: `readRequest` is two. */
function countLetters(text: string, start: number, end: number): number {
  let tokens = WORD;
  let length = 0;
  let wasLower = false;
  for (let index = start; index < end; index++) {
    const unit = text.charCodeAt(index);
    const isUpper = unit >= 65 && unit <= 90;
    if (isUpper && wasLower) {
      tokens += WORD;
      length = 0;
    }
    length++;
    if (length > LETTERS_OF_ONE_TOKEN) tokens += FURTHER_LETTER;
    if (unit > 127) tokens += ACCENTED_LETTER;
    wasLower = !isUpper;
  }
  return tokens;
}

/** One space belongs to the word after it; a line break and an indentation are tokens. */
function countSpace(text: string, start: number, end: number): number {
  const length = end - start;
  let hasBreak = false;
  for (let index = start; index < end && !hasBreak; index++) hasBreak = text.charCodeAt(index) === 10;
  const isIndented = length > (hasBreak ? 2 : 1);
  return (hasBreak ? LINE_BREAK : 0) + (isIndented ? INDENTATION : 0);
}

function kindAt(text: string, index: number): number {
  return KINDS[text.charCodeAt(index)] ?? OTHER_SCRIPT;
}
