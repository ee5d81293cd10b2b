import * as z from 'zod/mini';

const fields = {
  /** What was wrong and what to do. */
  message: z.string(),
  /** `invalid_request_error`, `authentication_error` or `server_error`. */
  type: z.string(),
  code: z.string(),
  /** The field, parameter or header that the error is about; null when it is about none. */
  param: z.nullable(z.string()),
};

/** What is wrong with a request, in the shape that clients of OpenAI's API read. */
export const RequestError = z.object(fields);
export type RequestError = z.infer<typeof RequestError>;

/** The body of every answer that is a refusal or a failure. */
export const ErrorBody = z.object({ error: z.object({ ...fields, request_id: z.string() }) });
export type ErrorBody = z.infer<typeof ErrorBody>;
