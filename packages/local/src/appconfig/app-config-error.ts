import { AwsError, type AwsReply } from '../service.ts';

/** An AppConfig error: REST-JSON, so its members lie in the body beside the message. */
export class AppConfigError extends AwsError {
  readonly members: Readonly<Record<string, unknown>>;

  constructor({ members = {}, ...error }: { code: string; message: string; status: number; members?: Record<string, unknown> }) {
    super(error);
    this.members = members;
  }

  override toReply(): AwsReply {
    return {
      status: this.status,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': this.code },
      body: JSON.stringify({ Message: this.message, ...this.members }),
    };
  }
}

export function badRequest(message: string, members?: Record<string, unknown>): AppConfigError {
  return new AppConfigError({ code: 'BadRequestException', status: 400, message, ...(members && { members }) });
}

export function conflict(message: string): AppConfigError {
  return new AppConfigError({ code: 'ConflictException', status: 409, message });
}

export function notFound(kind: string, id: string): AppConfigError {
  return new AppConfigError({
    code: 'ResourceNotFoundException',
    status: 404,
    message: `Could not find ${kind} ${id}.`,
    members: { ResourceName: kind, ResourceType: kind },
  });
}
