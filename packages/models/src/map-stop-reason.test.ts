import { expect, it } from 'vitest';
import { mapStopReason } from './map-stop-reason.ts';

it.each([
  ['end_turn', 'succeeded'],
  ['tool_use', 'succeeded'],
  ['max_tokens', 'succeeded'],
  ['stop_sequence', 'succeeded'],
  ['guardrail_intervened', 'refused'],
  ['content_filtered', 'refused'],
  ['refusal', 'refused'],
  ['malformed_model_output', 'malformed'],
  ['malformed_tool_use', 'malformed'],
  ['model_context_window_exceeded', 'too-long'],
  ['a_reason_of_next_year', 'succeeded'],
  ['', 'malformed'],
  [undefined, 'malformed'],
])('maps %s to %s', (stopReason, outcome) => {
  expect(mapStopReason(stopReason)).toBe(outcome);
});
