import type { BedrockError } from '../bedrock/bedrock-error.ts';
import { toOpenAiError } from '../openai/openai-error.ts';

/** An error of SageMaker Runtime: its code, and its members as they stand on the wire. */
export type SageMakerError = { code: string; status: number; members: Record<string, unknown> };

/** What a fault of the endpoint answers, as the service itself words it. */
export function toServiceError({ code, status, message, details }: BedrockError, endpointName: string): SageMakerError {
  const plain = (name: string, usual = status): SageMakerError => ({ code: name, status: usual, members: { Message: message } });
  switch (code) {
    case 'ModelErrorException':
    case 'ModelStreamErrorException':
      return modelError({ status: Number(details.originalStatusCode ?? 500), message, endpointName });
    case 'ModelTimeoutException':
      return modelError({
        status: 504,
        message: 'Your invocation timed out while waiting for a response from container primary.',
        endpointName,
      });
    case 'ModelNotReadyException':
      return plain('ModelNotReadyException', 429);
    case 'ServiceUnavailableException':
      return plain('ServiceUnavailable');
    case 'InternalServerException':
      return plain(status === 530 ? 'InternalDependencyException' : 'InternalFailure');
    case 'ThrottlingException':
    case 'AccessDeniedException':
    case 'NotImplementedException':
      return plain(code);
    default:
      return plain('ValidationError', 400);
  }
}

/** What the endpoint's container refused or failed at: to the service that is an error of the model, with the container's own answer in it. */
export function toContainerError(error: BedrockError, endpointName: string): SageMakerError {
  const { status, body } = toOpenAiError(error);
  return modelError({ status, message: JSON.stringify(body), endpointName });
}

function modelError({ status, message, endpointName }: { status: number; message: string; endpointName: string }): SageMakerError {
  const side = status >= 500 ? 'server' : 'client';
  return {
    code: 'ModelError',
    status: 424,
    members: {
      Message: `Received ${side} error (${status}) from primary with message "${message}".`,
      OriginalStatusCode: status,
      OriginalMessage: message,
      LogStreamArn: `arn:aws:logs:us-east-1:000000000000:log-group:/aws/sagemaker/Endpoints/${endpointName}`,
    },
  };
}
