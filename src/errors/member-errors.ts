import type { CatalogueArea } from './entry.js';

/** The members of the MigratoryData cluster: start, update and scaling. */
export const memberErrors = {
  'image-pull': {
    transient: false,
    meaning: 'The image of the members cannot be pulled.',
    hint: 'Check the name and tag in `image`, and set `registry-credentials` for a private registry.',
  },
  'image-rate-limit': {
    transient: true,
    meaning: 'The registry limits the rate of pulls from this address.',
    hint: 'Set `registry-credentials`, or use a mirror in `image`; the limit resets after some hours.',
  },
  'crash-loop': {
    transient: false,
    meaning: 'A member repeatedly exits soon after its start.',
    hint: 'Read its last log lines in the report, and check `server-options`, `java-extra-opts` and `license-key`.',
  },
  'out-of-memory': {
    transient: false,
    meaning: 'A member was terminated because it exceeded the memory limit of its container.',
    hint: 'Raise `memory-request`: the JVM needs more than the memory that `memory` assigns to the server.',
  },
  'probe-failed': {
    transient: false,
    meaning: 'A probe of a member fails, so that the member is restarted or gets no clients.',
    hint: 'Read the last log lines of the member in the report; a probe in `patches` must fit what the server answers, and the time that it needs to start.',
  },
  unschedulable: {
    transient: false,
    meaning: 'No node has enough resources for a member.',
    hint: 'Raise `max-nodes`, set a larger size in `node-vm-size`, or lower `cpu-request` and `memory-request`.',
  },
  'mount-failed': {
    transient: false,
    meaning: 'A volume of a member cannot be mounted.',
    hint: 'Check the volume or Secret that the event names, and `patches` if it is defined there.',
  },
  'container-config': {
    transient: false,
    meaning: 'The container of a member cannot be created from its configuration.',
    hint: 'Check the Secret, ConfigMap or setting that the event names, and `patches` if it is defined there.',
  },
  'patches-refused': {
    transient: false,
    meaning: 'The patches change what the action itself must control.',
    hint: 'Remove the changes that the message names from `patches`; it says what to use instead.',
  },
  'options-lost': {
    transient: false,
    meaning: 'The patches change the server options that the container gets.',
    hint: 'Change `patches` so that the environment variables and the command of the container are not modified.',
  },
  'rollout-timeout': {
    transient: false,
    meaning: 'Not all members became Ready in time.',
    hint: 'Check the state of each member in the report; raise `verify-timeout` if they are only slow.',
  },
  'finalizer-pending': {
    transient: false,
    meaning: 'A finalizer keeps a member whose deletion was requested, so it cannot be replaced.',
    hint: 'Find out why the controller of the finalizer that the message names does not remove it; if the controller is gone, remove the finalizer from the pod.',
  },
  'rollout-reverted': {
    transient: false,
    meaning: 'An update of the members failed and was rolled back.',
    hint: 'The previous version is running again: correct the change, and deploy again.',
  },
  'full-restart-needed': {
    transient: false,
    meaning: 'During the rollout of this change, members would have conflicting views of the cluster.',
    hint: 'Revert the change, or set `allow-full-restart` to true; then all members stop at the same time, and the message history in memory is lost.',
  },
  'members-missing': {
    transient: false,
    meaning: 'Fewer members are Ready than the StatefulSet requests.',
    hint: 'Check the state and the last log lines of each member in the report.',
  },
  'member-not-answering': {
    transient: true,
    meaning: 'A member is Ready and does not answer, while others do.',
    hint: 'Read its log, and delete its pod, which is then replaced; with `liveness` set to http, Kubernetes restarts a member that hangs.',
  },
  'not-deployed': {
    transient: false,
    meaning: 'The namespace contains no deployment of this name.',
    hint: 'Run operation deploy first, or correct `namespace` and `name`.',
  },
  'deployment-differs': {
    transient: false,
    meaning:
      'An input that was given to the step differs from the live deployment, or the deployment lacks what it needs.',
    hint: 'Remove the input, because the cluster knows it, or run operation deploy with it first.',
  },
  'scale-out-of-bounds': {
    transient: false,
    meaning: 'The requested number of members is outside the bounds of the deployment.',
    hint: 'Set `scale-to` to values between `min-replicas` and `max-replicas` of the deployment.',
  },
} as const satisfies CatalogueArea;
