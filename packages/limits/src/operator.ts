export { LIMIT_KINDS, LIMIT_NAMES, type LimitKind } from './core/limit-kind.ts';
export { windowEnd, windowStart } from './core/limit-window.ts';
export { counterAt, heldIn, LimitsState } from './core/limits-state.ts';
export { type ApiKey, type ApiKeyItem, apiKeyKey, createApiKey, readApiKey, stateOfKey } from './keys/api-key-item.ts';
export { isScope } from './keys/scope.ts';
export { type DynamoItem, isLimitsItem, limitsKey, readLimitsItem, readStateItem, stateKey } from './store/limits-items.ts';
export { isName, Limits, TenantLimits } from './tenant-limits.ts';
export { addUsage, fromAttributes, NO_USAGE, type UsageCount } from './usage/usage-count.ts';
export { readUsageKey, type UsageGroup, usageDay } from './usage/usage-items.ts';
