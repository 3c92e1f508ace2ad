import type { CatalogueArea } from './entry.js';

/** The cluster, its nodes and its API. */
export const kubernetesErrors = {
  'nodes-not-ready': {
    transient: true,
    meaning: 'Fewer nodes became Ready than requested.',
    hint: 'Check the conditions of the nodes named above; AKS repairs a node that stays NotReady after some minutes.',
  },
  'api-conflict': {
    transient: true,
    meaning: 'Another client changed the object, or one of its fields, at the same time.',
    hint: 'Find out which other client manages the object that the message names, then run again.',
  },
  'api-error': {
    transient: false,
    meaning: 'The API server rejected the request for a reason that has no code of its own.',
    hint: 'Read the message of the API server above; it names the object and the field.',
  },
  'admission-denied': {
    transient: false,
    meaning: 'An admission policy or a webhook of the cluster denies an object.',
    hint: 'The message names the policy or the webhook; use `patches` to add what it requires. A namespace may have to be created by an administrator before.',
  },
  'webhook-failed': {
    transient: true,
    meaning: 'A webhook that must admit an object cannot be called.',
    hint: 'Check the Service and the pods of the webhook that the message names: it may be restarting, or it was removed without its configuration.',
  },
  'pod-security': {
    transient: false,
    meaning: 'The pods violate the Pod Security Standard that the namespace enforces.',
    hint: 'Set `pod-security: restricted`, or what the message lists with `patches`, or lower the label `pod-security.kubernetes.io/enforce` of the namespace.',
  },
  'quota-exceeded': {
    transient: false,
    meaning: 'A ResourceQuota of the namespace does not allow the object.',
    hint: 'Raise the quota that the message names, delete what is no longer needed, or lower `replicas`, `cpu-request` or `memory-request`.',
  },
  'quota-needs-resources': {
    transient: false,
    meaning: 'A ResourceQuota of the namespace only accepts containers that state certain requests or limits.',
    hint: 'Set what the message names for its container with `patches`, or create a LimitRange with defaults in the namespace.',
  },
  'limit-range': {
    transient: false,
    meaning:
      'The resources of a container or pod are outside a LimitRange of the namespace, or a request exceeds its limit.',
    hint: 'Set `cpu-request` and `memory-request`, or the limits with `patches`, to values that the message allows, or change the LimitRange.',
  },
  'pod-invalid': {
    transient: false,
    meaning: 'Kubernetes refuses the pods as invalid, as they are after webhooks of the cluster have changed them.',
    hint: 'The message names the field. If `patches` do not set it, a webhook does: `kubectl get mutatingwebhookconfigurations` lists them.',
  },
  'priority-class-missing': {
    transient: false,
    meaning: 'The pods have a PriorityClass that does not exist in the cluster.',
    hint: 'Create the PriorityClass that the message names, or correct priorityClassName in `patches`.',
  },
  'service-account-missing': {
    transient: false,
    meaning: 'The pods have a ServiceAccount that does not exist in the namespace.',
    hint: 'Create the ServiceAccount that the message names, or correct serviceAccountName in `patches`.',
  },
  'namespace-not-ours': {
    transient: false,
    meaning: 'The namespace was not created by this action, so it is neither changed nor deleted.',
    hint: 'Set another `namespace`: the action changes only namespaces that have its label.',
  },
  'deployment-not-ours': {
    transient: false,
    meaning: 'The namespace contains a deployment of someone else, so it is not changed.',
    hint: 'Set another `name` or `namespace`, or delete the objects that the message names.',
  },
  'namespace-terminating': {
    transient: true,
    meaning: 'The namespace is still being deleted.',
    hint: 'Wait until it is deleted, or set another `namespace`.',
  },
  'immutable-field': {
    transient: false,
    meaning: 'Kubernetes does not allow this change to an existing object.',
    hint: 'Revert the change, or deploy with another `name` or to another `namespace`.',
  },
  'patches-failed': {
    transient: false,
    meaning: 'Kustomize could not apply the patches to the manifests.',
    hint: 'Correct the file in `patches` that the message names.',
  },
  'resources-failed': {
    transient: false,
    meaning: 'An object in `resources` cannot be read, or cannot belong to the deployment.',
    hint: 'Correct the file that the message names; objects of `resources` are of the namespace, and no one else has created them.',
  },
  'metrics-unavailable': {
    transient: true,
    meaning: 'The autoscaler gets no CPU metrics of the members.',
    hint: 'Check that metrics-server runs in the cluster and that `cpu-request` is set; the first values are available after one or two minutes.',
  },
} as const satisfies CatalogueArea;
