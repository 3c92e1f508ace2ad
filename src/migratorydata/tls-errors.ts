import { ActionError } from '../errors/action-error.js';
import type { ErrorCode } from '../errors/catalogue.js';
import { clipEnd, toOneLine, withoutPeriod } from '../runtime/text.js';

/** The codes of Node for a certificate that is refused; see "X509 certificate error codes" in its documentation. */
const codes: Readonly<Record<string, ErrorCode>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls-untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'tls-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls-untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls-untrusted',
  CERT_SIGNATURE_FAILURE: 'tls-untrusted',
  CERT_HAS_EXPIRED: 'tls-expired',
  CERT_NOT_YET_VALID: 'tls-expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls-wrong-host',
};

/**
 * Returns the error of a request whose certificate was refused, so that no time is spent on waiting; undefined for any
 * other error. The names in a certificate are text of others.
 */
export function certificateError(url: string, error: unknown): ActionError | undefined {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  const known = typeof code === 'string' && Object.hasOwn(codes, code) ? codes[code] : undefined;
  if (known === undefined) return undefined;
  const reason = withoutPeriod(clipEnd(toOneLine(String(message)), 300));
  return new ActionError(known, `The certificate of ${new URL(url).host} is refused: ${reason}.`, { cause: error });
}
