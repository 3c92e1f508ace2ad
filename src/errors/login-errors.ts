import type { CatalogueArea } from './entry.js';

/** Logging in to Azure and to the Kubernetes API of a cluster. */
export const loginErrors = {
  'azure-not-logged-in': {
    transient: false,
    meaning: 'The runner has no valid login to Azure, and the inputs request none.',
    hint: 'Set `client-id`, `tenant-id` and `subscription-id`, or log in with azure/login in an earlier step.',
  },
  'azure-oidc-unavailable': {
    transient: false,
    meaning: 'The job is not allowed to request an OpenID Connect token from GitHub.',
    hint: 'Add `permissions: id-token: write` to the job; pull requests from forks cannot get this permission.',
  },
  'azure-federation-mismatch': {
    transient: false,
    meaning: 'Microsoft Entra ID has no federated credential that matches the identity of the job.',
    hint: 'Compare the subject in the message with the federated credential: the subject is case-sensitive and depends on the `environment:` of the job.',
  },
  'azure-assertion-expired': {
    transient: true,
    meaning: 'The login to Azure has expired, and its token could not be renewed.',
    hint: 'Set `client-id` and `tenant-id`, so that the action can log in again.',
  },
  'azure-claims-challenge': {
    transient: false,
    meaning: 'Azure accepts the login only with additional claims, for example after a policy has changed.',
    hint: 'Log in again right before this step, or set `client-id` and `tenant-id`, so that the action logs in itself.',
  },
  'local-accounts-disabled': {
    transient: false,
    meaning: 'Local accounts are disabled in the cluster, so Azure issues no static credentials for it.',
    hint: 'Set `credentials` to kubelogin, and add azure/use-kubelogin to the job.',
  },
  'kubelogin-missing': {
    transient: false,
    meaning: 'The cluster uses Microsoft Entra ID, and kubelogin is not on the PATH of the runner.',
    hint: 'Add azure/use-kubelogin to the job before this step.',
  },
  'kubeconfig-invalid': {
    transient: false,
    meaning: 'The kubeconfig cannot be read, or does not contain the requested context.',
    hint: 'Set a valid file in `kubeconfig` or its content in `kubeconfig-content`, and a `context` that it contains.',
  },
  'api-unreachable': {
    transient: true,
    meaning: 'The API server of the cluster could not be reached.',
    hint: 'Check that the cluster is running, that its address is correct, and that `authorized-ip-ranges` includes this runner.',
  },
  'api-unauthorized': {
    transient: false,
    meaning: 'The API server does not accept the credentials.',
    hint: 'Get new credentials: these have expired or belong to another cluster.',
  },
  'api-forbidden': {
    transient: false,
    meaning: 'The credentials are valid, but lack a permission that the operation needs.',
    hint: 'Bind the identity to a Kubernetes role with the permission that the message names. docs/permissions.md has the role of each operation.',
  },
} as const satisfies CatalogueArea;
