import type { CatalogueArea } from './entry.js';

/** Chaos experiments: their targets, their locks and their records. */
export const chaosErrors = {
  'disruption-blocked': {
    transient: false,
    meaning: 'The PodDisruptionBudget currently allows no eviction of a member.',
    hint: 'Add one member, deploy with `disruption-budget` max-unavailable, or set another mode in `when-blocked`.',
  },
  'budgets-overlap': {
    transient: false,
    meaning: 'More than one PodDisruptionBudget selects a pod, so Kubernetes never evicts it.',
    hint: 'Delete one of the budgets, or change its selector: a pod may have only one. Node upgrades and drains are blocked as well.',
  },
  'disruption-allowed': {
    transient: false,
    meaning: 'The PodDisruptionBudget was expected to block an eviction, but allows it.',
    hint: 'Set `when-blocked` to surge or fail if the PodDisruptionBudget allows evictions.',
  },
  'target-refused': {
    transient: false,
    meaning: 'The node cannot be the target of the experiment.',
    hint: 'Set another `target-node`, or leave it empty to have one selected.',
  },
  'recovery-timeout': {
    transient: false,
    meaning: 'The cluster did not recover in time.',
    hint: 'Check the state of each member in the report; raise `max-recovery` if the recovery is only slow.',
  },
  'not-steady': {
    transient: true,
    meaning: 'The cluster was not in its steady state before the experiment, so no fault was injected.',
    hint: 'Run operation verify to see what is unhealthy, and fix that first.',
  },
  'runner-limit': {
    transient: false,
    meaning: 'The runner cannot hold as many connections as `clients` says.',
    hint: 'Lower `clients`, or use a runner with more file descriptors, ports, or SNAT ports of its network.',
  },
  'probe-pod-failed': {
    transient: false,
    meaning: 'The probe inside the cluster does not run, or no member answers it, so no fault was injected.',
    hint: 'Check `probe-image` and whether the members can pull it, whether a node other than the target has room, and network policies; or leave `probe-image` empty.',
  },
  'experiment-skipped': {
    transient: false,
    meaning: 'The experiment is not possible on this cluster, or not while Azure is busy with it, so it was skipped.',
    hint: 'The report says what the cluster is missing; if Azure is busy, run the experiment again later.',
  },
  'unsupported-here': {
    transient: false,
    meaning: 'Azure denies changes to the virtual machines of this cluster.',
    hint: 'A node resource group lockdown or a policy may deny them; use drain, pod-kill or node-delete instead.',
  },
  'machine-foreign': {
    transient: false,
    meaning:
      'A node, or a revert record, names a machine outside the node resource group of this cluster; the machine was not changed.',
    hint: 'Check the providerID of the node, and who is allowed to change nodes in this cluster.',
  },
  locked: {
    transient: true,
    meaning: 'Another run holds the lock of the same deployment.',
    hint: 'Wait until it ends. If its runner died, the lock expires after a minute and a half; then run operation recover.',
  },
  'lock-lost': {
    transient: true,
    meaning: 'Another run took over the lock, because this run did not renew it in time.',
    hint: 'Check the other run first, then run this one again.',
  },
  'lock-expiring': {
    transient: true,
    meaning: 'The lock could not be renewed, so the step stopped while nobody else could have taken it.',
    hint: 'Check the connection from the runner to the API server. The post step reverts what remains; if it cannot, run operation recover.',
  },
  'mark-found': {
    transient: false,
    meaning: 'An earlier experiment left its revert record in the namespace: its changes were not reverted.',
    hint: 'Run operation recover on the cluster. If it cannot revert everything, run it with `discard-record` true as the last resort.',
  },
  'seeds-together': {
    transient: false,
    meaning: 'Seed members that an experiment moved share a node, and could not be spread again as before.',
    hint: 'Add a node or uncordon one, then run operation recover.',
  },
  'record-invalid': {
    transient: false,
    meaning:
      'A revert record contains an entry that no experiment writes, or that the cluster does not confirm; the entry was ignored.',
    hint: 'Check the object named above. If no experiment is unfinished, or as the last resort, run operation recover with `discard-record` true: it removes the record.',
  },
  'verdict-failed': {
    transient: false,
    meaning: 'An experiment ended with a verdict other than pass, or no experiment was carried out.',
    hint: 'Read the reason of each experiment in the report.',
  },
} as const satisfies CatalogueArea;
