// Stands in for the SDK's chain of credential sources in the bundles: Lambda gives credentials in the environment and nowhere else.
import { fromEnv } from '@aws-sdk/credential-provider-env';

export const defaultProvider = (options) => fromEnv(options);
