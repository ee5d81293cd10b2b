const RANGES = [
  [0x00c0, 0x024f, 'latin'],
  [0x1e00, 0x1eff, 'latin'],
  [0x0370, 0x03ff, 'greek'],
  [0x1f00, 0x1fff, 'greek'],
  [0x0400, 0x052f, 'cyrillic'],
  [0x0590, 0x05ff, 'hebrew'],
  [0x0600, 0x077f, 'arabic'],
  [0x0900, 0x097f, 'devanagari'],
  [0x0980, 0x0dff, 'other'],
  [0x0e00, 0x0e7f, 'thai'],
  [0x0e80, 0x109f, 'other'],
  [0x1100, 0x11ff, 'hangul'],
  [0x1200, 0x1dff, 'other'],
  [0x3040, 0x30ff, 'kana'],
  [0x3130, 0x318f, 'hangul'],
  [0x3400, 0x9fff, 'han'],
  [0xac00, 0xd7af, 'hangul'],
  [0xf900, 0xfaff, 'han'],
] as const;

export type Script = (typeof RANGES)[number][2];
export type ScriptCounts = Record<Script, number> & { letters: number };

/** How many letters of each script a text has; digits, punctuation and symbols are none. */
export function countScripts(text: string): ScriptCounts {
  const counts: ScriptCounts = {
    latin: 0,
    greek: 0,
    cyrillic: 0,
    hebrew: 0,
    arabic: 0,
    devanagari: 0,
    other: 0,
    thai: 0,
    hangul: 0,
    kana: 0,
    han: 0,
    letters: 0,
  };
  for (let index = 0; index < text.length; index++) {
    const script = scriptOf(text.charCodeAt(index));
    if (script === undefined) continue;
    counts[script]++;
    counts.letters++;
  }
  return counts;
}

function scriptOf(unit: number): Script | undefined {
  if (unit < 0x80) return (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) ? 'latin' : undefined;
  return RANGES.find(([from, to]) => unit >= from && unit <= to)?.[2];
}
