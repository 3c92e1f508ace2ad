import { createServer, type Server } from 'node:http';
import { listen } from './listening.js';
import type { Tokens } from './tokens.js';

/** The token service that GitHub gives to a job with `permissions: id-token: write`. */
export interface JobIdentity {
  /** The variables that the runner sets for the steps of such a job. */
  readonly env: Readonly<Record<'ACTIONS_ID_TOKEN_REQUEST_URL' | 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', string>>;
  readonly server: Server;
}

/**
 * Responds to `GET ...&audience=A` with `{ value: token }` when the request token is right (GitHub, "OpenID Connect
 * reference").
 */
export async function startJobIdentity(tokens: Tokens): Promise<JobIdentity> {
  const requestToken = 'stand-in-request-token';
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const authorized = request.headers.authorization === `Bearer ${requestToken}`;
    const audience = url.searchParams.get('audience') ?? 'https://github.com/example';
    const body = authorized ? { value: tokens.issueAssertion(audience) } : { message: 'Bad credentials' };
    response.writeHead(authorized ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const port = await listen(server);
  return {
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
    },
    server,
  };
}
