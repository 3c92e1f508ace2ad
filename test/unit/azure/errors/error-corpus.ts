import { access } from './error-corpus/access.js';
import { conflicts } from './error-corpus/conflicts.js';
import type { CorpusEntry } from './error-corpus/entry.js';
import { failures } from './error-corpus/failures.js';
import { limits } from './error-corpus/limits.js';
import { recorded } from './error-corpus/recorded.js';
import { requests } from './error-corpus/requests.js';
import { versions } from './error-corpus/versions.js';

/** Errors that public issues and documents quote. */
export const publicErrors: readonly CorpusEntry[] = [
  ...limits,
  ...versions,
  ...access,
  ...conflicts,
  ...requests,
  ...failures,
];

export const errorCorpus: readonly CorpusEntry[] = [...publicErrors, ...recorded];
