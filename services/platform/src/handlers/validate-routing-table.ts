import { logger, readEnvironment } from '@signalbox/runtime';
import { type ValidationRequest, validateRoutingTable } from '../validate-routing-table.ts';

const environment = readEnvironment(['ALLOWED_MODELS', 'ALLOWED_REGIONS', 'ALLOWED_ENDPOINTS', 'ALLOW_GLOBAL_PROFILES']);
const allowed = {
  models: environment.ALLOWED_MODELS.split(','),
  regions: environment.ALLOWED_REGIONS.split(','),
  endpoints: environment.ALLOWED_ENDPOINTS.split(','),
  globalProfiles: environment.ALLOW_GLOBAL_PROFILES === 'true',
};

/** AppConfig's validator of the profile: a throw keeps the version from being released. */
export async function handler(request: ValidationRequest): Promise<void> {
  validateRoutingTable(request, { allowed });
  logger.info('A routing table may be released', { hostedVersion: request.configurationVersion });
}
