import type { KnownDifference } from '../kit/report.ts';

/** Where the embedded DynamoDB and DynamoDB Local differ and we leave it so. Of the wordings, DynamoDB's own is ours, which handlers do not read. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    name: 'an update that puts text into the index where a number is sorted by',
    reason: 'DynamoDB Local 3.0.0 takes it and leaves the item out of the index; DynamoDB refuses it, as we do',
  },
  { name: 'delete what is not there', reason: 'DynamoDB Local 3.0.0 tells of consumed capacity although nobody asked' },
  { name: 'get of a table that is not there: wording', reason: "DynamoDB Local's own words" },
  { name: 'get by an empty key: wording', reason: "DynamoDB Local's own words" },
  { name: 'get by a key of another type: wording', reason: "DynamoDB Local's own words" },
  { name: 'get by a key that the table has not: wording', reason: "DynamoDB Local's own words" },
  { name: 'a query without its partition: wording', reason: 'DynamoDB Local does not name the key that is missing' },
  { name: 'a consistent read of the index: wording', reason: "DynamoDB Local's own words" },
];
