import type { TableProperties } from '../../dynamodb/table-properties.ts';
import { type Create, textProperty } from '../platform.ts';

export const createQueue: Create = ({ platform, defaultName, properties }) => {
  const suffix = String(properties.FifoQueue) === 'true' ? '.fifo' : '';
  const name = textProperty(properties, 'QueueName', `${defaultName}${suffix}`);
  const { url, arn } = platform.sqs.createQueue(name, properties);
  return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
};

export const createTable: Create = async ({ platform, defaultName, properties }) => {
  const name = textProperty(properties, 'TableName', defaultName);
  const { arn } = await platform.dynamodb.createTable(name, properties as TableProperties);
  return { ref: name, attributes: { Arn: arn } };
};

export const createBucket: Create = ({ platform, defaultName, properties }) => {
  if (properties.NotificationConfiguration) throw new Error('the embedded S3 publishes no events (NotificationConfiguration)');
  const name = textProperty(properties, 'BucketName', defaultName.toLowerCase());
  platform.s3.createBucket(name);
  const domain = `${name}.s3.${platform.region}.amazonaws.com`;
  return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: domain, RegionalDomainName: domain } };
};

/** Where the REST API would be on AWS; here it is behind the one port, without a stage. */
const GATEWAY_URL = /https:\/\/[^./]+\.execute-api\.[^/]+\/[^/]+/;

export const createParameter: Create = ({ platform, defaultName, properties }) => {
  const name = textProperty(properties, 'Name', `/${defaultName}`);
  const value = textProperty(properties, 'Value').replace(GATEWAY_URL, platform.endpointUrl);
  platform.parameterStore.put(name, value);
  return { ref: name, attributes: { Value: value, Type: properties.Type ?? 'String' } };
};
