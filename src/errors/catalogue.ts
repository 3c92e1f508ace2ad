import { azureErrors } from './azure-errors.js';
import { chaosErrors } from './chaos-errors.js';
import type { CatalogueEntry } from './entry.js';
import { kubernetesErrors } from './kubernetes-errors.js';
import { loginErrors } from './login-errors.js';
import { memberErrors } from './member-errors.js';
import { ownershipErrors } from './ownership-errors.js';
import { serviceErrors } from './service-errors.js';
import { stepErrors } from './step-errors.js';

export type { CatalogueEntry } from './entry.js';

/**
 * All errors that a user can see: a stable code, whether a retry may help, what happened, and what to do next. Users
 * match on the codes, so a code is never renamed or reused. `docs/errors.md` is generated from this catalogue.
 */
export const catalogue = {
  ...stepErrors,
  ...loginErrors,
  ...azureErrors,
  ...kubernetesErrors,
  ...memberErrors,
  ...serviceErrors,
  ...chaosErrors,
  ...ownershipErrors,
} as const;

export type ErrorCode = keyof typeof catalogue;

export interface CatalogueGroup {
  /** The heading in the documentation. */
  readonly title: string;
  readonly entries: Readonly<Partial<Record<ErrorCode, CatalogueEntry>>>;
}

/** The codes grouped by the headings of the documentation, in its order. */
export const catalogueGroups: readonly CatalogueGroup[] = [
  { title: 'The step', entries: stepErrors },
  { title: 'Logging in', entries: loginErrors },
  { title: 'Azure', entries: azureErrors },
  { title: 'Kubernetes', entries: kubernetesErrors },
  { title: 'Members', entries: memberErrors },
  { title: 'Clients', entries: serviceErrors },
  { title: 'Chaos', entries: chaosErrors },
  { title: 'Deleting and undoing', entries: ownershipErrors },
];
