import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Lets a server of a test's own stand in for AWS: on the loopback interface, and in the environment that SDK clients read. Closes with every connection. */
export async function listenAsAws(server: Server): Promise<{ close(): Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  return {
    close() {
      server.closeAllConnections();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}
