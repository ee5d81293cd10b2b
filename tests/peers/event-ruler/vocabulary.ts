/** A number as it is spelt; `JSON.stringify` writes it as a text that `toText` opens again. */
export class Spelt {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toJSON(): string {
    return `${SPELT}${this.text}${SPELT}`;
  }
}
const SPELT = '\u241f';

export const KEYS = ['a', 'b', 'c', 'd'];
export const TEXTS = [
  '',
  'x',
  'X',
  'xy',
  'xyz',
  'XYZ',
  'xyxyz',
  'yx',
  'y',
  'zyx',
  '5',
  '5.0',
  '1e2',
  'true',
  'null',
  'a*b',
  'a\\b',
  'say "x"',
  ' x ',
  'x\ny',
  'straße',
  'STRASSE',
  'İx',
  'ix',
  'Ix',
  'ıx',
  'ÉTÉ',
  'été',
  'e\u0301te\u0301',
  'Hà Nội',
  '東京',
  '😀',
  '😀x',
  '😁',
  'x😀',
  'k',
  'K',
  '\u212a',
  'ſ',
  'ΣΑΣ',
  'σας',
  'ﬃ',
]; // prettier-ignore
export const ADDRESSES = [
  '10.0.0.1',
  '10.0.1.17',
  '10.0.1.255',
  '192.168.0.1',
  '2001:db8::1',
  '2001:DB8:0:0::1',
  '::1',
  '::ffff:10.0.1.17',
  '10.0.1',
  '010.0.1.17',
  '10.0.1.256',
];
export const NETWORKS = [
  '10.0.1.0/24',
  '10.0.1.17/24',
  '10.0.0.0/8',
  '10.0.1.16/31',
  '192.168.0.0/16',
  '0.0.0.0/0',
  '2001:db8::/32',
  '2001:db8::/127',
  '::/0',
];
/** Networks that are refused. */
export const NO_NETWORKS = ['10.0.1.17/32', '2001:db8::1/128', '::ffff:0:0/96', '10.0.1.0', '10.0.1.0/33', '10.0.1/24', 'x/8'];
export const NUMBERS = [
  '0',
  '-0',
  '1',
  '2',
  '5',
  '5.0',
  '5.00',
  '5e0',
  '-5',
  '100',
  '1e2',
  '1E+2',
  '0.1',
  '0.5',
  '0.50',
  '1.5',
  '-1.5',
  '2.999999',
  '3',
  '3.0000001',
  '0.1234567',
  '0.1234568',
  '4999999999',
  '5000000000',
  '5000000001',
  '-5000000000',
  '9007199254740991',
  '1e15',
  '1e300',
  '-1e300',
  '1e-7',
  '123456.789012',
  '123456.789013',
];
/** No double, which is what JavaScript reads a number as, is one of these. */
export const NO_DOUBLES = ['9007199254740993', '12345678901234567890'];
export const COMPARISONS = ['=', '<', '<=', '>', '>='];

export function toText(value: unknown): string {
  return JSON.stringify(value).replaceAll(new RegExp(`"${SPELT}([^${SPELT}]*)${SPELT}"`, 'g'), '$1');
}
