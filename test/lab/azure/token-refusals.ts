import { ArmError } from './messages.js';
import { tenantId } from './names.js';

/** Returns the refusal of a request whose token is missing, unknown or too old. The header names the authority. */
export function tokenRefusal(code: string, message: string): ArmError {
  const header = `Bearer authorization_uri="https://login.microsoftonline.com/${tenantId}", error="invalid_token", error_description="${message}"`;
  return new ArmError(401, code, message, 'arm', { headers: { 'www-authenticate': header } });
}

export function expiredTokenRefusal(expiry: Date): ArmError {
  return tokenRefusal(
    'ExpiredAuthenticationToken',
    `The access token expiry UTC time '${expiry.toISOString()}' is earlier than current UTC time '${new Date().toISOString()}'.`,
  );
}

/**
 * Returns a claims challenge: the token is valid, but a new one with these claims is required (Microsoft Entra, "Claims
 * challenges, claims requests and client capabilities"). The body is ours.
 */
export function claimsRefusal(claims: object): ArmError {
  const encoded = Buffer.from(JSON.stringify(claims)).toString('base64');
  const header = `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${encoded}"`;
  const message = 'Continuous access evaluation resulted in challenge.';
  return new ArmError(401, 'InvalidAuthenticationToken', message, 'arm', { headers: { 'www-authenticate': header } });
}
