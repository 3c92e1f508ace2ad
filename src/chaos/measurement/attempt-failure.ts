/** Error codes that come from the network and the limits of the runner itself: see errno(3) and getaddrinfo(3). */
const localCodes = [
  'EMFILE',
  'ENFILE',
  'EADDRNOTAVAIL',
  'ENOBUFS',
  'ENETUNREACH',
  'ENETDOWN',
  'EAI_AGAIN',
  'ENOTFOUND',
];

/**
 * Returns a short text without addresses, so that failures of the same kind have the same text. `local` is true when
 * the runner caused the failure.
 */
export function describeAttemptFailure(error: unknown): { readonly text: string; readonly local: boolean } {
  if (!(error instanceof Error)) return { text: String(error), local: false };
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === 'string'
    ? { text: code, local: localCodes.includes(code) }
    : { text: error.message, local: false };
}
