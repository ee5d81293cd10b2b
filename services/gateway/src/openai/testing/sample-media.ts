/** The first bytes of each kind of file, which is all that is looked at, in base64. */
const begin = (hex: string) => Buffer.from(`${hex}00000000`, 'hex').toString('base64');

export const MEDIA = {
  png: begin('89504e470d0a1a0a'),
  jpeg: begin('ffd8ffe0'),
  gif: begin('474946383961'),
  webp: begin('524946460000000057454250'),
  pdf: begin('255044462d312e37'),
  docx: begin('504b0304'),
  doc: begin('d0cf11e0a1b11ae1'),
  text: Buffer.from('a,b\n1,2').toString('base64'),
};

export const PNG_URL = `data:image/png;base64,${MEDIA.png}`;
export const PDF_URL = `data:application/pdf;base64,${MEDIA.pdf}`;
