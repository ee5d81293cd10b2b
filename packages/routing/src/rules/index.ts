export { prepareRules, type SelectedRoute, type SelectRouteInput, selectRoute } from './select-route.ts';
