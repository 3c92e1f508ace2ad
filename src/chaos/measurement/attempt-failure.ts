/** Errors of the runner's own network and limits: see errno(3) and getaddrinfo(3). */
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

/** A failed attempt in a few words that are the same for the same kind of failure, without addresses. */
export function describeAttemptFailure(error: unknown): { readonly text: string; readonly local: boolean } {
  if (!(error instanceof Error)) return { text: String(error), local: false };
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === 'string'
    ? { text: code, local: localCodes.includes(code) }
    : { text: error.message, local: false };
}
