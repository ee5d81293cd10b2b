import { readFileSync } from 'node:fs';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { estimateTokens } from './estimate-tokens.ts';

/** The bounds that the docstring of estimateTokens states. */
const BOUNDS = { english: 0.05, vietnamese: 0.05, typescript: 0.1, python: 0.1, json: 0.1, chinese: 0.13, japanese: 0.13, korean: 0.13 };

const parts = Object.entries(BOUNDS).flatMap(([name, bound]) =>
  readFixture(name).map((text, index): [string, number, string] => [`${name}, part ${index + 1}`, bound, text]),
);

describe('estimateTokens', () => {
  it.each(parts)('is as near to o200k_base as it says for %s', (_, bound, text) => {
    const counted = countTokens(text);
    expect(Math.abs(estimateTokens(text) / counted - 1)).toBeLessThanOrEqual(bound);
  });

  it.each([
    ['Russian', 'Рынок на реке начинается до рассвета. Лодки с тыквами и ананасами стоят тесно, а покупатели смотрят на шесты.'],
    ['Ukrainian', 'Ринок на річці починається до світанку, човни стоять тісно.'],
    ['Arabic', 'يبدأ السوق على النهر قبل طلوع الفجر، وتقف القوارب المحملة بالفواكه جنبا إلى جنب.'],
    ['Hebrew', 'השוק על הנהר מתחיל לפני עלות השחר והסירות עומדות צפופות.'],
    ['Hindi', 'नदी पर बाज़ार सूरज निकलने से पहले शुरू होता है और नावें पास पास खड़ी रहती हैं।'],
    ['Thai', 'ตลาดน้ำเริ่มก่อนฟ้าสาง เรือที่บรรทุกผลไม้จอดชิดกัน'],
    ['Greek', 'Η αγορά στο ποτάμι ξεκινά πριν από την αυγή και οι βάρκες στέκονται κοντά.'],
    ['Bengali', 'নদীর বাজার ভোর হওয়ার আগেই শুরু হয়।'],
    ['Tamil', 'ஆற்றுச் சந்தை விடியலுக்கு முன் தொடங்குகிறது.'],
  ])('is right to a fifth for a sentence of %s', (_, text) => {
    expect(Math.abs(estimateTokens(text) / countTokens(text) - 1)).toBeLessThanOrEqual(0.2);
  });

  it.each([
    ['nothing', '', 0],
    ['one word', 'hello', 1],
    ['a word in camel case', 'readRequest', 2],
    ['a long number', '1234567', 3],
    ['emoji', '😀🎉', 4],
  ])('counts %s', (_, text, expected) => {
    expect(estimateTokens(text)).toBe(expected);
  });

  it('judges a text that is too long to be read by samples of it, which are spread evenly', () => {
    const prose = readFixture('english').join('\n');
    const long = prose.repeat(Math.ceil(400_000 / prose.length));
    const exact = estimateTokens(prose) * (long.length / prose.length);
    expect(Math.abs(estimateTokens(long) / exact - 1)).toBeLessThan(0.01);
    // Half of it in another script, which a sample of the beginning would miss.
    const mixed = prose.repeat(100) + readFixture('chinese').join('\n').repeat(100);
    const halves = estimateTokens(prose) * 100 + estimateTokens(readFixture('chinese').join('\n')) * 100;
    expect(Math.abs(estimateTokens(mixed) / halves - 1)).toBeLessThan(0.05);
  });

  it.each([
    ['letters', 'a'],
    ['spaces', ' '],
    ['indented words', '  a'],
    ['punctuation', ').'],
    ['halves of characters', '\ud83d'],
  ])('reads megabytes of %s in a moment', (_, unit) => {
    expect(timeOf(unit.repeat(4_000_000 / unit.length))).toBeLessThan(200);
  });
});

/** Milliseconds, the best of several. */
function timeOf(text: string): number {
  const times = Array.from({ length: 3 }, () => {
    const start = performance.now();
    estimateTokens(text);
    return performance.now() - start;
  });
  return Math.min(...times);
}

function readFixture(name: string): string[] {
  return readFileSync(new URL(`./__fixtures__/${name}.txt`, import.meta.url), 'utf8').split('\n----\n');
}
