import { createEventPublisher, createPutEvents, logger, readEnvironment } from '@signalbox/runtime';
import { createAppConfigHistory } from '../adapters/app-config-history.ts';
import { createTableCopy } from '../adapters/table-copy.ts';
import { createAnnounceRelease, type DeploymentEnded } from '../announce-release.ts';

const environment = readEnvironment([
  'STAGE',
  'DATA_BUCKET',
  'EVENT_BUS',
  'APPCONFIG_APPLICATION',
  'APPCONFIG_ENVIRONMENT',
  'APPCONFIG_PROFILE',
]);
const publisher = createEventPublisher({ putEvents: createPutEvents({ busName: environment.EVENT_BUS }) });
const announceRelease = createAnnounceRelease({
  stage: environment.STAGE,
  profileId: environment.APPCONFIG_PROFILE,
  history: createAppConfigHistory({
    applicationId: environment.APPCONFIG_APPLICATION,
    environmentId: environment.APPCONFIG_ENVIRONMENT,
    profileId: environment.APPCONFIG_PROFILE,
  }),
  writeCopy: createTableCopy({ bucket: environment.DATA_BUCKET }),
  publish: publisher.publish,
  now: Date.now,
});

/** AppConfig's extension, at the end of a deployment. A throw makes Lambda try again, and then use the dead-letter queue. */
export async function handler(ended: DeploymentEnded): Promise<void> {
  const outcome = await announceRelease(ended);
  logger.info('A deployment ended', { deployment: ended.DeploymentNumber, type: ended.Type, outcome });
}
