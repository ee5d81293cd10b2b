import { type Create, textProperty } from '../platform.ts';

export const createAlarm: Create = ({ platform, defaultName, properties }) => {
  const name = textProperty(properties, 'AlarmName', defaultName);
  platform.alarms.define(name, properties);
  return { ref: name, attributes: { Arn: `arn:aws:cloudwatch:${platform.region}:${platform.accountId}:alarm:${name}` } };
};
