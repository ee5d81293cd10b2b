/** What to do instead, by the place of a parameter; `[]` stands for any index. It says what must be, so it fits any value that is wrong there. */
export type Advice = Readonly<Record<string, string>>;

const DATA_URL_OF_FILE = 'must be absent: files are not stored here; send file_data, a data URL such as data:application/pdf;base64,…';

const SHARED: Advice = {
  user: 'must have 1 to 128 characters: it becomes a label',
  'signalbox.timeoutSeconds': 'must be a number from 1 to 900',
};

/** Of parameters of the Chat Completions API that are not taken, or not with every value. */
export const UNSUPPORTED_CHAT: Advice = {
  n: 'must be 1 or absent: a request has one answer; send it again for another',
  temperature: 'must be a number from 0 to 1: OpenAI allows up to 2, but most models here take nothing above 1',
  logprobs: 'must be false or absent: no model here gives log probabilities',
  top_logprobs: 'must be absent: no model here gives log probabilities',
  logit_bias: 'must be empty or absent: token ids differ from model to model',
  frequency_penalty: 'must be 0 or absent: models here have no such penalty',
  presence_penalty: 'must be 0 or absent: models here have no such penalty',
  modalities: 'must be ["text"] or absent: answers are text',
  audio: 'must be absent: answers are text',
  store: 'must be false or absent: answers are not kept for later retrieval here; POST /v1/inferences keeps them 30 days',
  service_tier: 'must be auto, default or absent: the tier is a property of the target, in the routing policy',
  verbosity: 'must be medium or absent: say in a message how long the answer should be',
  prediction: 'must be absent: models here take no predicted output',
  parallel_tool_calls: 'must be true or absent: models here may call several tools at once, and cannot be kept from it',
  reasoning_effort: 'must be low, medium or high, or absent',
  web_search_options: 'must be absent: nothing here searches the web; give the model a tool that does',
  tool_choice: 'must be auto, none, required, or {"type":"function","function":{"name":…}}; send only those tools instead of allowed_tools',
  functions: 'must be absent: it was replaced by tools',
  function_call: 'must be absent: it was replaced by tool_choice',
  prompt_cache_key: 'must be absent: send signalbox.sessionId, which keeps requests on the same target and its cache',
  prompt_cache_retention: 'must be absent: how long a cache is kept is the provider’s',
  prompt_cache_options: 'must be absent: POST /v1/inferences takes cachePoint blocks',
  safety_identifier: 'must be absent: send user',
  moderation: 'must be absent: a route of the policy can name a guardrail',
  'stream_options.include_obfuscation': 'must be false or absent',
  'tools[].type': 'must be function: custom tools are not taken; describe the input as a JSON Schema',
  'tools[].custom': 'must be absent: describe the tool under function',
  'response_format.type':
    'must be text or json_schema; json_object is not taken, because models here need the schema: send it as json_schema',
  'messages[].name': 'must be absent: models here do not tell participants apart; write the name into the text',
  'messages[].audio': 'must be absent: send the transcript as content',
  'messages[].function_call': 'must be absent: send tool_calls',
  'messages[].annotations': 'must be empty or absent: models here do not take them',
  'messages[].content[].type':
    'must be text; under role user also image_url or file. Audio is not taken: send its transcript; an assistant may also have refusal',
  'messages[].content[].image_url.detail': 'must be auto or absent: models here choose the resolution',
  'messages[].content[].file.file_id': DATA_URL_OF_FILE,
  'messages[].content[].file.file_url': DATA_URL_OF_FILE,
  'messages[].content[].prompt_cache_breakpoint': 'must be absent: POST /v1/inferences takes cachePoint blocks',
};

/** Of parameters that are taken, and must be right. */
export const INVALID_CHAT: Advice = {
  ...SHARED,
  model: 'must name a route, a model or a target, in 1 to 256 characters',
  'messages[].role': 'must be one of: system, developer, user, assistant, tool',
  'messages[].content': 'must be text of at least one character, or a list of at least one content part',
  'messages[].tool_calls[].type': 'must be function',
  'messages[].tool_calls[].id': 'must have 1 to 64 characters',
  stop: 'must be a text, or a list of up to 4 that are not empty',
  'response_format.json_schema.schema': 'is required: the JSON Schema of the answer, an object',
};

/** Of the Embeddings API. */
export const UNSUPPORTED_EMBEDDINGS: Advice = {
  encoding_format: 'must be float or base64, or absent',
};

export const INVALID_EMBEDDINGS: Advice = {
  ...SHARED,
  model: INVALID_CHAT.model as string,
  input:
    'must be a text or a list of 1 to 96 texts, none of them empty; tokens are not taken, because each model has its own: send the text',
  'input[]': 'must be a text that is not empty; tokens are not taken, because each model has its own: send the text',
};
