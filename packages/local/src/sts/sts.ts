import { type AwsService, notImplemented } from '../service.ts';

/** STS, as far as tools ask it who they are. */
export function createSts({ accountId }: { accountId: string }): AwsService {
  return {
    name: 'sts',
    async handle({ body, accessKeyId }) {
      const action = new URLSearchParams(body.toString()).get('Action') ?? '';
      if (action !== 'GetCallerIdentity') throw notImplemented('sts', action);
      const identity = `<Arn>arn:aws:iam::${accountId}:user/${accessKeyId}</Arn><UserId>${accessKeyId}</UserId><Account>${accountId}</Account>`;
      const result = `<GetCallerIdentityResult>${identity}</GetCallerIdentityResult><ResponseMetadata/>`;
      const xml = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${result}</GetCallerIdentityResponse>`;
      return { status: 200, headers: { 'content-type': 'text/xml' }, body: xml };
    },
  };
}
