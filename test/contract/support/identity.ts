import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The token service that GitHub gives to a job with `permissions: id-token: write`. */
export interface Identity extends AsyncDisposable {
  /** The variables that the runner sets for the steps of such a job. */
  readonly environment: Readonly<Record<string, string>>;
  /** The tokens issued so far. */
  readonly tokens: readonly string[];
}

/** Responds with `{ value: token }`, as "OpenID Connect reference" of GitHub describes; each token is different. */
export async function startIdentity(): Promise<Identity> {
  const tokens: string[] = [];
  const server = createServer((_request, response) => {
    const claims = { sub: 'repo:acme/shop:ref:refs/heads/main', iss: 'https://token.actions.githubusercontent.com' };
    const payload = Buffer.from(JSON.stringify({ ...claims, jti: tokens.length })).toString('base64url');
    const token = `eyJhbGciOiJSUzI1NiJ9.${payload}.federated-signature-${tokens.length}`;
    tokens.push(token);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ value: token }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    environment: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token-of-the-job',
    },
    tokens,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
