import { clientConfigOf, type Place } from './place.ts';

/** What a stack on AWS published under `/signalbox/{stage}/`; `deployedBy` says whose it is, for who must deploy it. */
export async function readParameter(place: Place & { kind: 'aws' }, name: string, deployedBy: string): Promise<string> {
  const { GetParameterCommand, SSMClient, ParameterNotFound } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient(clientConfigOf(place));
  const Name = `/signalbox/${place.stage}/${name}`;
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name }));
    if (Parameter?.Value) return Parameter.Value;
    throw new Error(`The parameter ${Name} is empty. Deploy the stack of ${deployedBy} of stage ${place.stage} again.`);
  } catch (error) {
    if (error instanceof ParameterNotFound)
      throw new Error(
        `There is no parameter ${Name}. Is ${place.stage} a stage of this account and region, and the stack of ${deployedBy} deployed?`,
      );
    throw error;
  } finally {
    client.destroy();
  }
}
