/** What a provider means that only its wording tells: Bedrock's ValidationException and the 400 of others stand for all four. */
export type ValidationOutcome = 'too-long' | 'misconfigured' | 'refused' | 'rejected';

/** A message can quote the prompt; its verdict stands at its beginning. */
const READ_CHARACTERS = 1000;

/** The input does not fit this model's context. A model with a larger one may take it. */
const TOO_LONG = [
  /\binput is too long\b/i,
  /\bprompt is too long\b/i,
  /\btoo many (input |total )?(text )?(tokens|bytes)\b/i,
  /\binput length and `?max_tokens`? exceed/i,
  /\bmaximum (context|prompt) length\b/i,
  /\bcontext[ _](length|window|limit|size)[ _](is |was )?exceed/i,
  /\bexceeds? (the |this )?(model'?s? |available |maximum )*context (length|window|limit|size)\b/i,
  /\binput tokens? (count )?(\([^)]{0,40}\) )?exceed/i,
  /\bprompt (token |length |count )*(\([^)]{0,40}\) )?exceeds\b/i,
  /\breduce the length of the (prompt|messages|input)\b/i,
  /\blonger than the (maximum )?(model('s)? )?(context )?(length|window)\b/i,
  /\bcontext length is only \d/i,
  /\btokens \+ `?max_(new_)?tokens`? must be\b/i,
  /\bmalformed input request: (#\/(inputText|prompt|inputs|texts\/\d+): )?expected maxLength\b/i,
];

/** Nobody's request will pass on this target as it is defined, whatever it asks. The apostrophe comes straight or curly. */
const MISCONFIGURED = [
  /\bon-demand throughput isn.t supported\b/i,
  /\bdoesn.t support on-demand throughput\b/i,
  /\bmodel (identifier|ID)( provided)? is invalid\b/i,
  /\binvalid model identifier\b/i,
  /\bprovided ARN is invalid\b/i,
  /\bdoesn.t support the model that you provided\b/i,
  /\boperation not allowed\b/i,
  /\bnot authorized to invoke\b/i,
  /\bend of its life\b/i,
];

/** The provider's own content policy, which some models report as a validation error. */
const REFUSED = [/\bcontent filter(s|ing)?\b/i, /\bfiltered words\b/i];

/** Maps the message of a request that a provider turned down. What it does not recognise is the caller's: `rejected`. */
export function mapValidationMessage(message: string): ValidationOutcome {
  const text = message.slice(0, READ_CHARACTERS);
  if (matches(TOO_LONG, text)) return 'too-long';
  if (matches(MISCONFIGURED, text)) return 'misconfigured';
  if (matches(REFUSED, text)) return 'refused';
  return 'rejected';
}

function matches(phrasings: readonly RegExp[], text: string): boolean {
  return phrasings.some((phrasing) => phrasing.test(text));
}
