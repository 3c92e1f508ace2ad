import { entraRefusal } from './entra-refusal.js';
import { type Answer, type ArmRequest, ok } from './messages.js';
import { clientId, clientSecret, sameName, tenantId } from './names.js';
import { route, type Route } from './router.js';
import type { Settings } from './settings.js';
import { type Assertion, federationAudience, type Tokens } from './tokens.js';
import { answerUser, realmRoute } from './user-login.js';

/** Returns the refusal when no federated credential of the application has the subject of the assertion. */
export function subjectRefusal(subject: string): Answer {
  return entraRefusal(
    'invalid_client',
    700213,
    `No matching federated identity record found for presented assertion subject '${subject}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation`,
  );
}

/** Returns the refusal of an expired assertion, which ends every login that is not renewed. */
export function assertionExpiredRefusal(issuedAt: Date, expiresAt: Date): Answer {
  const now = new Date().toISOString();
  return entraRefusal(
    'invalid_client',
    700024,
    `Client assertion is not within its valid time range. Current time: ${now}, assertion valid from ${issuedAt.toISOString()}, expiry time of assertion ${expiresAt.toISOString()}. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .`,
  );
}

/** The authority of clients that name no tenant: az requests it before it removes all logins (`az account clear`). */
const anyTenant = 'organizations';

/** The authority: discovery and tokens, for an application with a secret or a federated credential, and for a user. */
export function identityRoutes(settings: Settings, tokens: Tokens): readonly Route[] {
  return [
    route('GET', '/{tenant}/v2.0/.well-known/openid-configuration', ({ params, origin }) => {
      if (![tenantId, anyTenant].some(known => sameName(params.tenant, known))) {
        const text = `Tenant '${params.tenant}' not found. Check to make sure you have the correct tenant ID.`;
        return entraRefusal('invalid_tenant', 90002, text, 400);
      }
      const base = `${origin}/${params.tenant}`;
      return ok({
        issuer: `${base}/v2.0`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['pairwise'],
      });
    }),
    // MSAL requests this after a refusal, to find out whether the authority is one of Microsoft's.
    route('GET', '/common/discovery/instance', ({ origin }) => {
      const aliases = ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'];
      return ok({
        tenant_discovery_endpoint: `${origin}/${tenantId}/v2.0/.well-known/openid-configuration`,
        'api-version': '1.1',
        metadata: [{ preferred_network: aliases[0], preferred_cache: aliases[1], aliases }],
      });
    }),
    realmRoute,
    route('POST', '/{tenant}/oauth2/v2.0/token', ({ params, form }) => {
      const expires = Math.max(1, Math.floor(settings.accessTokenTtlMs / 1000));
      const lifetime = { token_type: 'Bearer', expires_in: expires, ext_expires_in: expires };
      const answer = answerUser(form, tokens, lifetime) ?? refuse(params.tenant, form, tokens);
      return answer ?? ok({ ...lifetime, access_token: tokens.issueAccessToken() });
    }),
  ];
}

function refuse(tenant: string, form: ArmRequest['form'], tokens: Tokens): Answer | undefined {
  const { client_id: id = '', client_secret: secret, client_assertion: text } = form;
  if (!sameName(id, clientId)) {
    return entraRefusal(
      'unauthorized_client',
      700016,
      `Application with identifier '${id}' was not found in the directory '${tenant}'.`,
    );
  }
  if (text === undefined) {
    if (secret === clientSecret) return undefined;
    return entraRefusal(
      'invalid_client',
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${id}'.`,
    );
  }
  const assertion = tokens.findAssertion(text);
  if (!assertion) return entraRefusal('invalid_client', 50027, 'JWT token is invalid or malformed.');
  return refuseAssertion(assertion);
}

function refuseAssertion({ audience, issuedAt, expiresAt }: Assertion): Answer | undefined {
  if (audience !== federationAudience) {
    return entraRefusal(
      'invalid_client',
      700212,
      `No matching federated identity record found for presented assertion audience '${audience}'.`,
    );
  }
  return expiresAt.getTime() < Date.now() ? assertionExpiredRefusal(issuedAt, expiresAt) : undefined;
}
