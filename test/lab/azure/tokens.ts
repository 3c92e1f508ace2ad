import { randomUUID } from 'node:crypto';
import { clientId, principalId, tenantId } from './names.js';
import type { Settings } from './settings.js';

/** The subject of a job in the tokens of GitHub (GitHub, "OpenID Connect reference"). */
export const defaultSubject = 'repo:example/migratorydata:ref:refs/heads/main';
export const federationAudience = 'api://AzureADTokenExchange';

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
  issueAccessToken(): string;
  /** Returns undefined for a token that was never issued. */
  accessTokenExpiry(text: string): Date | undefined;
}

export function createTokens(settings: Settings): Tokens {
  const assertions = new Map<string, Omit<Assertion, 'expiresAt'>>();
  const accessTokens = new Map<string, Date>();
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
    issueAccessToken() {
      const expiry = new Date(Date.now() + settings.accessTokenTtlMs);
      const identity = { tid: tenantId, appid: clientId, oid: principalId, sub: principalId, idtyp: 'app', ver: '1.0' };
      const issuer = { aud: 'https://management.core.windows.net/', iss: `https://sts.windows.net/${tenantId}/` };
      const text = jwt({ ...issuer, ...identity, iat: seconds(new Date()), exp: seconds(expiry) });
      accessTokens.set(text, expiry);
      return text;
    },
    accessTokenExpiry: text => accessTokens.get(text),
  };
}

/** Returns a token of the right form; the stand-in verifies no signatures. */
function jwt(claims: Readonly<Record<string, unknown>>): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = { typ: 'JWT', alg: 'RS256', kid: 'stand-in' };
  return `${encode(header)}.${encode({ ...claims, jti: randomUUID() })}.${Buffer.from('unsigned').toString('base64url')}`;
}
