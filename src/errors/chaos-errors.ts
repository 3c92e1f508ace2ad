import type { CatalogueArea } from './entry.js';

/** Experiments that take nodes away. */
export const chaosErrors = {
  'disruption-blocked': {
    transient: false,
    meaning: 'The disruption budget allows no member to be evicted now.',
    hint: 'Scale to one member more, deploy with `disruption-budget` max-unavailable, or choose another `when-blocked` mode.',
  },
  'disruption-allowed': {
    transient: false,
    meaning: 'An eviction was expected to be blocked by the disruption budget, and would have been allowed.',
    hint: 'Choose `when-blocked` surge or fail for a budget that lets a member go.',
  },
  'drain-timeout': {
    transient: false,
    meaning: 'Pods were still on the node when the time for draining it was over.',
    hint: 'Look in the report at the pods that stayed; a budget or a finalizer may hold them.',
  },
  'target-refused': {
    transient: false,
    meaning: 'The node is not fit for the experiment.',
    hint: 'Give another `target-node`, or leave it empty so that one is chosen.',
  },
  'recovery-timeout': {
    transient: false,
    meaning: 'The cluster had not recovered when the time for it was over.',
    hint: 'Look at the state of each member in the report; raise `max-recovery` if it is merely slow.',
  },
  'not-steady': {
    transient: true,
    meaning: 'The cluster was not whole before the experiment, so nothing was broken.',
    hint: 'Run operation verify to see what is wrong with it, and mend that first.',
  },
  'experiment-skipped': {
    transient: false,
    meaning: 'The experiment cannot be tried on this cluster, so it was skipped.',
    hint: 'Read in the report what it lacks.',
  },
  'unsupported-here': {
    transient: false,
    meaning: 'Azure forbids changes of the machines behind this cluster.',
    hint: 'The node resource group may be locked down, or a policy denies it: choose drain, pod-kill or node-delete.',
  },
  'machine-foreign': {
    transient: false,
    meaning:
      'A node, or the record of an experiment, names a machine that is not in the node resource group of this cluster; nothing was done to it.',
    hint: 'Look at the providerID of the node and at who may change nodes in this cluster.',
  },
  locked: {
    transient: true,
    meaning: 'Another run works on the same deployment and holds the lock.',
    hint: 'Wait until it has ended. If its runner died, the lock is free half a minute later; run operation recover then.',
  },
  'lock-lost': {
    transient: true,
    meaning: 'Another run took the lock while this one worked, since this one had not renewed it in time.',
    hint: 'Look at the other run first, then start this one again.',
  },
  'mark-found': {
    transient: false,
    meaning: 'An earlier experiment has left a mark in the namespace: what it changed was not undone.',
    hint: 'Run operation recover on the cluster.',
  },
  'record-invalid': {
    transient: false,
    meaning:
      'The record of an experiment says what no experiment of this cluster writes, or what the cluster does not confirm; that part was left alone.',
    hint: 'Look at the place named above. If no experiment of yours is open, delete the ConfigMap migratorydata-aks-mark of the namespace, or the annotation migratorydata-aks/mark of the node.',
  },
  'verdict-failed': {
    transient: false,
    meaning: 'An experiment ended with a verdict other than pass.',
    hint: 'Read the reason of each experiment in the report.',
  },
} as const satisfies CatalogueArea;
