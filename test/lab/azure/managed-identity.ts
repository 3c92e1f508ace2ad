import { type Answer, ok } from './messages.js';
import { machineIdentities, sameName } from './names.js';
import { route, type Route } from './router.js';
import type { Settings } from './settings.js';
import { armResource, type Tokens } from './tokens.js';

/**
 * The Instance Metadata Service, which machines of Azure reach by plain HTTP ("How to use managed identities for Azure
 * resources on an Azure VM to acquire an access token"). az asks it through HTTP_PROXY when that is set.
 */
export const metadataHost = '169.254.169.254';

/**
 * Issues tokens to the identities of the machine, in the form of that page. `az login --identity` asks without an id for
 * the system-assigned identity (MSAL for Python, `_obtain_token_on_azure_vm`). Azure serves a token again for up to 24
 * hours; here, each one is new.
 */
export function managedIdentityRoute(settings: Settings, tokens: Tokens): Route {
  return route('GET', '/metadata/identity/oauth2/token', ({ query, headers }) => {
    if (headers['metadata'] !== 'true') return refusal('bad_request_102', 'Required metadata header not specified');
    if (query.get('api-version') !== '2018-02-01' || query.get('resource') !== armResource)
      return refusal('invalid_request', 'The stand-in knows api-version 2018-02-01 and the resource of az only');
    const id = query.get('client_id') ?? machineIdentities.system;
    if (!Object.values(machineIdentities).some(known => sameName(known, id)))
      return refusal('invalid_request', 'Identity not found');
    const seconds = Math.floor(Date.now() / 1000);
    const lifetime = Math.max(1, Math.floor(settings.accessTokenTtlMs / 1000));
    return ok({
      access_token: tokens.issueAccessToken({ appid: id, oid: id, sub: id, idtyp: 'app' }),
      refresh_token: '',
      expires_in: String(lifetime),
      expires_on: String(seconds + lifetime),
      not_before: String(seconds),
      resource: armResource,
      token_type: 'Bearer',
    });
  });
}

function refusal(error: string, error_description: string): Answer {
  return { status: 400, body: { error, error_description } };
}
