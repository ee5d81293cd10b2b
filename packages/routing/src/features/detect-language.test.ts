import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { detectLanguage } from './detect-language.ts';

const prompts: Record<string, string[]> = JSON.parse(readFile('prompts-by-language.json'));
const cases = Object.entries(prompts).flatMap(([language, texts]) => texts.map((text) => ({ language, text })));

describe('detectLanguage', () => {
  it('is never wrong on the prompts, and silent on no more than it says', () => {
    const answers = cases.map(({ language, text }) => ({ language, text, detected: detectLanguage(text) }));
    expect(answers.filter(({ language, detected }) => detected !== undefined && detected !== language)).toEqual([]);
    expect(answers.filter(({ detected }) => detected === undefined).map(({ language }) => language)).toEqual(['sv', 'ru', 'ru']);
    expect(answers).toHaveLength(80);
  });

  it.each([
    ['english', 'en'],
    ['vietnamese', 'vi'],
    ['chinese', 'zh'],
    ['japanese', 'ja'],
    ['korean', 'ko'],
  ])('knows each part of the %s texts', (name, expected) => {
    for (const part of readFile(`${name}.txt`).split('\n----\n')) expect(detectLanguage(part)).toBe(expected);
  });

  it.each([
    ['Vietnamese in decomposed letters', 'Giá vé bao nhiêu một người?'.normalize('NFD'), 'vi'],
    ['Vietnamese about an English word', 'Dịch "hello" sang tiếng Anh', 'vi'],
    ['English about Vietnamese', 'Translate to Vietnamese: The weather is nice', 'en'],
    ['English with a Japanese word', 'Explain 手紙 please in detail for me', 'en'],
    ['Japanese with an English word', 'これはpenです', 'ja'],
    ['two ideographs', '你好', 'zh'],
    ['two syllables of Korean', '안녕', 'ko'],
  ])('takes %s for what it is', (_, text, expected) => {
    expect(detectLanguage(text)).toBe(expected);
  });

  it.each([
    ['nothing', ''],
    ['numbers', '12345 67.89'],
    ['too little', 'hi'],
    ['code', 'const x = readFile(path).map((line) => line.trim());'],
    ['JSON', readFile('json.txt')],
    ['Danish, which it cannot tell from Norwegian', 'Jeg kan ikke finde min cykel og det er koldt'],
    ['Persian, which it cannot tell from Urdu', 'بازار روی رودخانه پیش از سپیده دم آغاز می‌شود'],
    ['Serbian', 'Њен пријатељ живи у Београду и чита књиге'],
    ['Vietnamese without its letters', 'toi muon dat ve di Ha Noi'],
    ['dummy text', 'lorem ipsum dolor sit amet consectetur'],
  ])('says nothing of %s', (_, text) => {
    expect(detectLanguage(text)).toBeUndefined();
  });
});

function readFile(name: string): string {
  return readFileSync(new URL(`./__fixtures__/${name}`, import.meta.url), 'utf8');
}
