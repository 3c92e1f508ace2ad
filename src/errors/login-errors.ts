import type { CatalogueArea } from './entry.js';

/** Getting in: to Azure, and to the Kubernetes API of a cluster. */
export const loginErrors = {
  'azure-not-logged-in': {
    transient: false,
    meaning: 'No valid login to Azure was found on the runner, and none was asked for.',
    hint: 'Give `client-id`, `tenant-id` and `subscription-id`, or log in with azure/login in an earlier step.',
  },
  'azure-oidc-unavailable': {
    transient: false,
    meaning: 'GitHub does not let this job ask for an OpenID Connect token.',
    hint: 'Add `permissions: id-token: write` to the job; pull requests from forks can never have it.',
  },
  'azure-federation-mismatch': {
    transient: false,
    meaning: 'Microsoft Entra ID knows no federated credential for the identity that GitHub presented.',
    hint: 'Compare the subject in the message with the federated credential, letter by letter: it is case-sensitive, and an `environment:` of the job changes it.',
  },
  'azure-assertion-expired': {
    transient: true,
    meaning: 'The login to Azure is too old, and its token could not be renewed.',
    hint: 'Give `client-id` and `tenant-id`, so that the action can log in again by itself.',
  },
  'local-accounts-disabled': {
    transient: false,
    meaning: 'The cluster has no local accounts, so Azure gives out no static credentials for it.',
    hint: 'Set `credentials` to kubelogin, and add azure/use-kubelogin to the job.',
  },
  'kubelogin-missing': {
    transient: false,
    meaning: 'The cluster uses Microsoft Entra ID, and kubelogin is not on the PATH of the runner.',
    hint: 'Add azure/use-kubelogin to the job, before this step.',
  },
  'kubeconfig-invalid': {
    transient: false,
    meaning: 'The kubeconfig cannot be read, or does not hold the context that was asked for.',
    hint: 'Give a valid file in `kubeconfig` or its text in `kubeconfig-content`, and a `context` that it holds.',
  },
  'api-unreachable': {
    transient: true,
    meaning: 'The API server of the cluster could not be reached.',
    hint: 'Check that the cluster is running, that its address is right, and that `authorized-ip-ranges` lets this runner in.',
  },
  'api-unauthorized': {
    transient: false,
    meaning: 'The API server does not accept the credentials.',
    hint: 'Fetch new credentials: these have expired or belong to another cluster.',
  },
  'api-forbidden': {
    transient: false,
    meaning: 'The credentials are valid, but may not do what the operation needs.',
    hint: 'Grant the identity a Kubernetes role that allows what the message names.',
  },
} as const satisfies CatalogueArea;
