import type { CatalogueArea } from './entry.js';

/** The cluster, its nodes and its API. */
export const kubernetesErrors = {
  'nodes-not-ready': {
    transient: true,
    meaning: 'Fewer nodes became Ready than were asked for.',
    hint: 'Look at the conditions of the nodes named above; a node that stays so is repaired by AKS after some minutes.',
  },
  'api-conflict': {
    transient: true,
    meaning: 'Somebody else changed the object, or a field of it, at the same time.',
    hint: 'Find out what else manages the object that the message names, then run again.',
  },
  'api-error': {
    transient: false,
    meaning: 'The API server refused a request for a reason that is not one of those listed here.',
    hint: 'Read the message of the API server above; it names the object and the field.',
  },
  'admission-denied': {
    transient: false,
    meaning: 'A policy of the cluster refuses an object.',
    hint: 'Read the name of the policy in the message; `patches` can add what it asks for.',
  },
  'namespace-not-ours': {
    transient: false,
    meaning: 'The namespace was not made by this action, so it is neither changed nor deleted.',
    hint: 'Give another `namespace`: only those that carry the label of this action are touched.',
  },
  'namespace-terminating': {
    transient: true,
    meaning: 'The namespace is still being deleted.',
    hint: 'Wait until it is gone, or give another `namespace`.',
  },
  'immutable-field': {
    transient: false,
    meaning: 'Kubernetes does not allow the change on an object that exists.',
    hint: 'Take the change back, or deploy into another `namespace`.',
  },
  'patches-failed': {
    transient: false,
    meaning: 'Kustomize could not apply the patches to the manifests.',
    hint: 'Correct the file in `patches` that the message names.',
  },
  'metrics-unavailable': {
    transient: true,
    meaning: 'The autoscaler got no CPU metric of the members.',
    hint: 'Check that metrics-server runs in the cluster, and keep `cpu-request` set; the first values come after a minute or two.',
  },
} as const satisfies CatalogueArea;
