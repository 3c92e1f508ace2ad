/**
 * Every error that a user can meet: a stable code, whether trying again may help, and what to do next. `docs/errors.md`
 * is generated from this file.
 */

export interface CatalogueEntry {
  /** Whether the same request may succeed later without any change. */
  readonly transient: boolean;
  /** What the user should do next, as one sentence. */
  readonly hint: string;
}

export const catalogue = {
  'invalid-input': { transient: false, hint: 'Correct the inputs named above; nothing was started.' },
  'unsupported-runner': { transient: false, hint: 'Use a Linux runner, such as ubuntu-latest.' },
  'tool-missing': {
    transient: false,
    hint: 'Install the program named above on the runner, or use a runner image that has it.',
  },
  'tool-too-old': { transient: false, hint: 'Install the version named above, or newer.' },
  'command-failed': { transient: false, hint: 'Read the command line and its last output in the report.' },
  'command-timeout': {
    transient: true,
    hint: 'The program gave no answer in time; run again, and look at the service status if it repeats.',
  },
  cancelled: {
    transient: false,
    hint: 'The run was cancelled; what was left to undo is named in the report and done in the post step.',
  },
  'timed-out': { transient: false, hint: 'Raise the input timeout, or shorten the plan.' },
  internal: { transient: false, hint: 'This is a defect of the action. Please open an issue with the report.' },
  'azure-not-logged-in': {
    transient: false,
    hint: 'Give client-id, tenant-id and subscription-id, or log in with azure/login in an earlier step.',
  },
  'azure-oidc-unavailable': {
    transient: false,
    hint: 'Add `permissions: id-token: write` to the job; pull requests from forks cannot have it.',
  },
  'azure-federation-mismatch': {
    transient: false,
    hint: 'Compare the subject in the message with the federated credential: it is case-sensitive, and an environment changes it.',
  },
  'azure-assertion-expired': {
    transient: true,
    hint: 'Give client-id and tenant-id, so that the action can log in again by itself.',
  },
  'azure-quota': {
    transient: false,
    hint: 'Ask for fewer or smaller nodes, raise the vCPU quota of the region, or use another region.',
  },
  'azure-cluster-quota': {
    transient: false,
    hint: 'Delete unused clusters (operation sweep) or raise the managed-cluster quota.',
  },
  'azure-size-unavailable': {
    transient: false,
    hint: 'Give another size in node-vm-size; `az vm list-skus` shows what the region offers.',
  },
  'azure-capacity': { transient: true, hint: 'Give more sizes in node-vm-size, fewer zones, or another location.' },
  'azure-zone-unsupported': { transient: false, hint: 'Change zones, the size or the location.' },
  'azure-throttled': { transient: true, hint: 'Run fewer jobs against the subscription at once.' },
  'azure-busy': {
    transient: true,
    hint: 'Another operation works on the cluster; wait for it and use a concurrency group.',
  },
  'azure-being-deleted': {
    transient: true,
    hint: 'A previous teardown is still running: wait for it, or use another name.',
  },
  'azure-precondition': { transient: false, hint: 'Somebody else changed the resource meanwhile; run again.' },
  'cluster-exists': { transient: false, hint: 'Set existing-cluster to reuse, or use another cluster-name.' },
  'azure-invalid': { transient: false, hint: 'Correct the value that Azure names.' },
  'azure-version-unsupported': {
    transient: false,
    hint: 'Leave kubernetes-version empty, or give a version of `az aks get-versions`.',
  },
  'azure-provider-unregistered': {
    transient: false,
    hint: 'Register the resource provider in the subscription; it takes minutes.',
  },
  'azure-forbidden': {
    transient: false,
    hint: 'Grant the identity the role that the message names, on the scope that it names.',
  },
  'azure-policy': { transient: false, hint: 'A policy of the subscription refuses this; its name is in the message.' },
  'azure-locked': { transient: false, hint: 'Remove the lock by hand, then run again.' },
  'azure-subscription-disabled': { transient: false, hint: 'The subscription is disabled; look at its billing.' },
  'azure-public-ip-quota': {
    transient: false,
    hint: 'Delete unused public addresses, raise the quota, or use service-type internal.',
  },
  'azure-preempted': { transient: false, hint: 'Somebody else changed or deleted the cluster meanwhile.' },
  'azure-not-found': { transient: false, hint: 'Check the names and the subscription.' },
  'azure-unavailable': { transient: true, hint: 'Azure did not answer; run again later.' },
  'azure-failed': { transient: false, hint: 'Azure refused the request; its message is above.' },
  'cluster-create-failed': {
    transient: false,
    hint: 'The reason Azure gave is above; the activity log of the cluster has more.',
  },
  'cluster-create-timeout': {
    transient: true,
    hint: 'Raise create-timeout, or look at the activity log of the cluster.',
  },
  'local-accounts-disabled': {
    transient: false,
    hint: 'Use credentials kubelogin: this cluster has no local accounts.',
  },
  'kubelogin-missing': {
    transient: false,
    hint: 'Add azure/use-kubelogin to the job: the cluster uses Microsoft Entra ID.',
  },
  'kubeconfig-invalid': { transient: false, hint: 'Give a valid kubeconfig file, and a context that it holds.' },
  'api-unreachable': {
    transient: true,
    hint: 'Check the address of the API server, authorized IP ranges, and that the cluster is running.',
  },
  'api-unauthorized': { transient: false, hint: 'The credentials are expired or belong to another cluster.' },
  'api-forbidden': { transient: false, hint: 'Grant the Kubernetes role that the message names.' },
  'api-conflict': { transient: true, hint: 'Somebody else changed the object at the same time.' },
  'api-error': { transient: false, hint: 'The API server refused the request; its message is above.' },
  'nodes-not-ready': { transient: true, hint: 'Look at the conditions of the nodes named above.' },
  'image-pull': {
    transient: false,
    hint: 'Check the image name and tag, and registry-credentials for a private registry.',
  },
  'image-rate-limit': { transient: true, hint: 'Give registry-credentials, or use a mirror of the image.' },
  'crash-loop': { transient: false, hint: 'The last log lines of the member are in the report.' },
  'out-of-memory': { transient: false, hint: 'Raise memory-request above what the memory option and the JVM need.' },
  unschedulable: {
    transient: false,
    hint: 'Raise max-nodes, use larger nodes, or lower cpu-request and memory-request.',
  },
  'mount-failed': { transient: false, hint: 'Check the volume or secret that the event names.' },
  'container-config': { transient: false, hint: 'Check the secret or setting that the event names.' },
  'admission-denied': {
    transient: false,
    hint: 'A policy of the cluster refuses the object; its name is in the message.',
  },
  'rollout-timeout': { transient: false, hint: 'The state of each member is in the report.' },
  'rollout-reverted': {
    transient: false,
    hint: 'The former version serves again; correct the change and deploy again.',
  },
  'immutable-field': { transient: false, hint: 'Delete the StatefulSet, or use another namespace, to change this.' },
  'full-restart-needed': { transient: false, hint: 'Set allow-full-restart to true; the history in memory is lost.' },
  'load-balancer-pending': { transient: true, hint: 'Look at the events of the Service in the report.' },
  'load-balancer-failed': { transient: false, hint: 'The reason is in the event of the Service above.' },
  'namespace-not-ours': {
    transient: false,
    hint: 'Use another namespace; only those that this action labelled are changed or deleted.',
  },
  'namespace-terminating': { transient: true, hint: 'The namespace is still being deleted: wait, or use another one.' },
  'not-deployed': { transient: false, hint: 'Run operation deploy first, or correct namespace.' },
  'patches-failed': { transient: false, hint: 'Correct the patch that kustomize names.' },
  'options-lost': { transient: false, hint: 'The patches must leave the environment of the container as it is.' },
  'welcome-page-failed': { transient: true, hint: 'Check that the Service reaches the members, and source-ranges.' },
  'connect-failed': { transient: true, hint: 'Check firewalls, source-ranges and the address.' },
  'delivery-failed': {
    transient: false,
    hint: 'The cluster does not deliver; look at the logs of the members in the report.',
  },
  'members-missing': { transient: false, hint: 'The state of each member is in the report.' },
  'scale-out-of-bounds': { transient: false, hint: 'Give scale-to values within the bounds named above.' },
  'metrics-unavailable': { transient: true, hint: 'Wait for metrics-server, and keep cpu-request set.' },
  'disruption-blocked': {
    transient: false,
    hint: 'Scale up first, use disruption-budget max-unavailable, or another when-blocked mode.',
  },
  'drain-timeout': { transient: false, hint: 'Look at the pods that stayed on the node, in the report.' },
  'target-refused': { transient: false, hint: 'Choose another target-node, or leave it empty.' },
  'recovery-timeout': {
    transient: false,
    hint: 'Raise max-recovery if this is expected; the state of each member is in the report.',
  },
  'verdict-failed': { transient: false, hint: 'The reason of each experiment is in the report.' },
  'ownership-mismatch': {
    transient: false,
    hint: 'It was made by somebody else or another run: give the names of what this run created.',
  },
  'delete-incomplete': {
    transient: true,
    hint: 'Run operation teardown again, or sweep; what is left is named above.',
  },
  'undo-incomplete': { transient: true, hint: 'Undo by hand what is named above.' },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof catalogue;
