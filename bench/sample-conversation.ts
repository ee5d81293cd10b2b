/** One exchange of ordinary size, the same for every variant: 0.6 KB asked, 0.9 KB answered. */
export const MODEL_ID = 'amazon.nova-micro-v1:0';

const QUESTION =
  'You are given the text of an invoice. Name the supplier, the invoice number, the date, the currency and the total, one per line. ';
const INVOICE =
  'Harbour & Sons Ltd., 12 Quay Street, Bristol. Invoice 2026-11-0042 of 20 November 2026. 40 hours of maintenance at 85.00, 12 valves at 41.50, ' +
  'delivery 30.00. Net 3,928.00, tax 20 % 785.60, to be paid within thirty days: 4,713.60 GBP. Please state the invoice number with your payment. ' +
  'Goods remain the property of the supplier until they are paid. Thank you for your order.';
const SENTENCE = 'Supplier: Harbour & Sons. ';

export const messages = [{ role: 'user' as const, content: [{ text: QUESTION + INVOICE }] }];
export const inferenceConfig = { maxTokens: 300, temperature: 0 };

/** The answer in the pieces in which a stream brings it. */
export const answerPieces = Array.from({ length: 36 }, () => SENTENCE);
export const answerText = answerPieces.join('');
export const usage = { inputTokens: 160, outputTokens: 210, totalTokens: 370 };
