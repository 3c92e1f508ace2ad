import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createTlsMaterial } from '../../../support/tls.js';
import type { Lab, LabCluster } from '../../lab.js';

export interface Gateway extends AsyncDisposable {
  /** The path of a kubeconfig whose server is the gateway. */
  readonly kubeconfig: string;
}

const prefix = '/k8s/clusters/c-s2w4y';

/**
 * Starts a gateway to a cluster, as Rancher is one: the API server is at a path of its address.
 * @param account the kubeconfig of an account with a token, because no certificate of a client passes the gateway
 */
export async function startGateway(lab: Lab, { controlPlane }: LabCluster, account: string): Promise<Gateway> {
  const folder = join(lab.folder, 'gateway');
  await mkdir(folder);
  const { key, cert, caFile } = await createTlsMaterial(folder, []);
  const { hostname: host, port } = new URL(controlPlane.server);
  const { ca } = controlPlane.credentials;
  const server = createServer({ key, cert }, (incoming, response) => {
    const { url = '', method, headers } = incoming;
    if (!url.startsWith(`${prefix}/`)) {
      response.writeHead(404).end('404 page not found');
      return;
    }
    const passed = request({ host, port, ca, path: url.slice(prefix.length), method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    response.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`;
  const authority = Buffer.from(await readFile(caFile)).toString('base64');
  const config = (await readFile(account, 'utf8'))
    .replace(controlPlane.server, address)
    .replace(/(certificate-authority-data:)\s+\S+/, `$1 ${authority}`);
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, config, { mode: 0o600 });
  return {
    kubeconfig,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
