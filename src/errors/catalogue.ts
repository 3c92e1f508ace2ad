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
 * Every error that a user can meet: a stable code, whether trying again may help, what happened and what to do next.
 * Users match on the codes, so a code is never renamed or used for something else. `docs/errors.md` is generated from
 * these.
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
  /** A heading for the documentation. */
  readonly title: string;
  readonly entries: Readonly<Partial<Record<ErrorCode, CatalogueEntry>>>;
}

/** The same codes under the headings of the documentation, in its order. */
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
