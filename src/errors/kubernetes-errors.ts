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
    meaning: 'An admission policy of the cluster denies an object.',
    hint: 'The message names the policy; use `patches` to add what it requires.',
  },
  'namespace-not-ours': {
    transient: false,
    meaning: 'The namespace was not created by this action, so it is neither changed nor deleted.',
    hint: 'Set another `namespace`: the action changes only namespaces that have its label.',
  },
  'namespace-terminating': {
    transient: true,
    meaning: 'The namespace is still being deleted.',
    hint: 'Wait until it is deleted, or set another `namespace`.',
  },
  'immutable-field': {
    transient: false,
    meaning: 'Kubernetes does not allow this change to an existing object.',
    hint: 'Revert the change, or deploy to another `namespace`.',
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
