import { entraRefusal } from './entra-refusal.js';
import { type Answer, type ArmRequest, type Json, ok } from './messages.js';
import { sameName, tenantId, user } from './names.js';
import { route, type Route } from './router.js';
import { jwt, type Tokens } from './tokens.js';

/** The application of az itself, with which users log in (azure-cli-core, `auth/constants.py`). */
const azApplication = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

const wrongPassword = 'Error validating credentials due to invalid username or password.';
const revokedToken = 'The provided grant has expired due to it being revoked, a fresh auth token is needed.';

/**
 * What MSAL asks first: who checks the password of a user. A managed domain leaves it to the token endpoint (MSAL for
 * Python, `Authority.user_realm_discovery`).
 */
export const realmRoute: Route = route('GET', '/common/userrealm/{name}', ({ params }) =>
  ok({
    ver: '1.0',
    account_type: 'Managed',
    domain_name: params.name.replace(/^.*@/, ''),
    cloud_instance_name: 'microsoftonline.com',
    cloud_audience_urn: 'urn:federation:MicrosoftOnline',
  }),
);

/**
 * Answers a user who presents a password or a refresh token (Microsoft identity platform, "Resource owner password
 * credentials" and "Refresh tokens"); undefined for a request of another kind.
 * @param lifetime the fields about the lifetime of the access token
 */
export function answerUser(form: ArmRequest['form'], tokens: Tokens, lifetime: Json): Answer | undefined {
  const { grant_type: kind, client_id: client = '', username = '', password, refresh_token: old = '' } = form;
  if (kind !== 'password' && kind !== 'refresh_token') return undefined;
  const isKnown =
    kind === 'password' ? sameName(username, user.name) && password === user.password : tokens.isRefreshToken(old);
  if (client !== azApplication || !isKnown)
    return kind === 'password'
      ? entraRefusal('invalid_grant', 50126, wrongPassword, 400)
      : entraRefusal('invalid_grant', 50173, revokedToken, 400);
  const [name, oid] = [user.name, user.objectId];
  const person = { oid, sub: oid, appid: azApplication, idtyp: 'user', upn: name, scp: 'user_impersonation' };
  const times = { iat: Math.floor(Date.now() / 1000), exp: Math.floor(Date.now() / 1000) + 3600 };
  const issuer = { iss: `https://login.microsoftonline.com/${tenantId}/v2.0`, aud: azApplication, tid: tenantId };
  const idToken = jwt({ ...issuer, ...times, oid, sub: oid, preferred_username: name, ver: '2.0' });
  return ok({
    ...lifetime,
    scope: form['scope'],
    access_token: tokens.issueAccessToken(person),
    refresh_token: tokens.issueRefreshToken(),
    id_token: idToken,
    client_info: Buffer.from(JSON.stringify({ uid: oid, utid: tenantId })).toString('base64url'),
  });
}
