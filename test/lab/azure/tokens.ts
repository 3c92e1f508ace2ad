import { randomUUID } from 'node:crypto';
import type { Json } from './messages.js';
import { clientId, principalId, tenantId } from './names.js';
import type { Settings } from './settings.js';

/** The subject of a job in the tokens of GitHub (GitHub, "OpenID Connect reference"). */
export const defaultSubject = 'repo:example/migratorydata:ref:refs/heads/main';
export const federationAudience = 'api://AzureADTokenExchange';
/** The resource for whose tokens az asks; Azure Resource Manager accepts them. */
export const armResource = 'https://management.core.windows.net/';

export interface Assertion {
  readonly subject: string;
  readonly audience: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** All issued tokens. They are recognized by their text, so their signatures need not be real. */
export interface Tokens {
  issueAssertion(audience: string): string;
  findAssertion(text: string): Assertion | undefined;
  /** @param identity the claims of who it is for; the application by default */
  issueAccessToken(identity?: Json): string;
  /** Returns undefined for a token that was never issued. */
  accessTokenExpiry(text: string): Date | undefined;
  issueRefreshToken(): string;
  isRefreshToken(text: string): boolean;
}

const application: Json = { appid: clientId, oid: principalId, sub: principalId, idtyp: 'app' };

export function createTokens(settings: Settings): Tokens {
  const assertions = new Map<string, Omit<Assertion, 'expiresAt'>>();
  const accessTokens = new Map<string, Date>();
  const refreshTokens = new Set<string>();
  // Uses the current lifetime, so that a scenario can make an issued token expire.
  const expiryOf = (issuedAt: Date): Date => new Date(issuedAt.getTime() + settings.assertionTtlMs);
  const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);
  return {
    issueAssertion(audience) {
      const issuedAt = new Date();
      const expiresAt = expiryOf(issuedAt);
      const times = { iat: seconds(issuedAt), nbf: seconds(issuedAt), exp: seconds(expiresAt) };
      const text = jwt({
        iss: 'https://token.actions.githubusercontent.com',
        sub: defaultSubject,
        aud: audience,
        ...times,
      });
      assertions.set(text, { subject: defaultSubject, audience, issuedAt });
      return text;
    },
    findAssertion(text) {
      const issued = assertions.get(text);
      return issued && { ...issued, expiresAt: expiryOf(issued.issuedAt) };
    },
    issueAccessToken(identity = application) {
      const expiry = new Date(Date.now() + settings.accessTokenTtlMs);
      const issuer = { aud: armResource, iss: `https://sts.windows.net/${tenantId}/`, tid: tenantId, ver: '1.0' };
      const text = jwt({ ...issuer, ...identity, iat: seconds(new Date()), exp: seconds(expiry) });
      accessTokens.set(text, expiry);
      return text;
    },
    accessTokenExpiry: text => accessTokens.get(text),
    issueRefreshToken() {
      const text = `0.${randomUUID()}`;
      refreshTokens.add(text);
      return text;
    },
    isRefreshToken: text => refreshTokens.has(text),
  };
}

/** Returns a token of the right form; the stand-in verifies no signatures. */
export function jwt(claims: Json): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = { typ: 'JWT', alg: 'RS256', kid: 'stand-in' };
  return `${encode(header)}.${encode({ ...claims, jti: randomUUID() })}.${Buffer.from('unsigned').toString('base64url')}`;
}
