export { FEATURE_NAMES } from './feature-fields.ts';
export { prepareRules, type SelectedRoute, type SelectRouteInput, selectRoute } from './select-route.ts';
