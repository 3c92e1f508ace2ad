import { randomUUID } from 'node:crypto';
import { clientId, principalId, tenantId } from './names.js';
import type { Settings } from './settings.js';

/** What GitHub says of a job when it asks for a token (GitHub, "OpenID Connect reference"). */
export const defaultSubject = 'repo:example/migratorydata:ref:refs/heads/main';
export const federationAudience = 'api://AzureADTokenExchange';

export interface Assertion {
  readonly subject: string;
  readonly audience: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** All tokens given out; they are known by their text, so that their signatures need not be real. */
export interface Tokens {
  issueAssertion(audience: string): string;
  findAssertion(text: string): Assertion | undefined;
  issueAccessToken(): string;
  /** Undefined: never given out. */
  accessTokenExpiry(text: string): Date | undefined;
}

export function createTokens(settings: Settings): Tokens {
  const assertions = new Map<string, Omit<Assertion, 'expiresAt'>>();
  const accessTokens = new Map<string, Date>();
  // By the time to live of the moment, so that a scenario can let one expire that was given out.
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

/** A token of the right shape; nobody here checks signatures. */
function jwt(claims: Readonly<Record<string, unknown>>): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = { typ: 'JWT', alg: 'RS256', kid: 'stand-in' };
  return `${encode(header)}.${encode({ ...claims, jti: randomUUID() })}.${Buffer.from('unsigned').toString('base64url')}`;
}
