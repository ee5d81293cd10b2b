import type { KnownDifference } from '../kit/report.ts';

const LISTING = 'ministack keeps no label of a version and does not say which profile a deployment was of';
const NO_COPY = `${LISTING}, so that nobody finds the table in force; the workers, who ask for the configuration, do get it`;
const REDRIVE = 'its CloudFormation makes queues without their RedrivePolicy: what a dead letter becomes is compared on ElasticMQ';

/** Where ministack 1.4.21 and the embedded stack differ, and we leave it so. Those of templates are what adapt-template.ts works around. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  { name: 'the first release: tableVersion', reason: LISTING },
  { name: 'the first release: copy', reason: NO_COPY },
  { name: 'a release: tableVersion', reason: LISTING },
  { name: 'a release: copy', reason: NO_COPY },
  { name: 'what the queues are: interactive, where its poison goes', reason: REDRIVE },
  { name: 'what the queues are: standard, where its poison goes', reason: REDRIVE },
  { name: 'what the queues are: bulk, where its poison goes', reason: REDRIVE },
  {
    name: 'in a template: AWS::Events::EventBusPolicy',
    reason: 'unknown to its CloudFormation; left out, so that any source may speak there',
  },
  {
    name: 'in a template: AWS::AppConfig::Extension',
    reason: 'unknown to its CloudFormation; left out, so that no release is announced there',
  },
  { name: 'in a template: AWS::AppConfig::ExtensionAssociation', reason: 'unknown to its CloudFormation; left out with the extension' },
  { name: 'in a template: an alarm over a formula', reason: 'refused; stands as an alarm over the first of its metrics' },
  { name: 'in a template: a list that is joined', reason: 'its letters are joined; what refers to a list splits it' },
  { name: 'in a template: a reference to SSM', reason: 'left as it is written; a parameter that ministack does resolve stands for it' },
];
