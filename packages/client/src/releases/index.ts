export { connect } from './connect.ts';
export { type DeployOptions, deployTable } from './deploy-table.ts';
export { type FollowOptions, followRelease } from './follow-release.ts';
export { listReleases } from './list-releases.ts';
export { ReleaseError } from './release-error.ts';
export { type RollbackOptions, rollbackTable } from './rollback-table.ts';
export type {
  Allowed,
  Installation,
  Release,
  ReleaseEvent,
  ReleaseOutcome,
  ReleaseProgress,
  ReleaseState,
  StrategyName,
} from './types.ts';
