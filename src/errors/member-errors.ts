import type { CatalogueArea } from './entry.js';

/** The members of the MigratoryData cluster: starting, updating and scaling them. */
export const memberErrors = {
  'image-pull': {
    transient: false,
    meaning: 'The image of the members cannot be pulled.',
    hint: 'Check the name and tag in `image`, and give `registry-credentials` for a private registry.',
  },
  'image-rate-limit': {
    transient: true,
    meaning: 'The registry refuses further pulls from this address for a while.',
    hint: 'Give `registry-credentials`, or name a mirror in `image`; the limit ends after some hours.',
  },
  'crash-loop': {
    transient: false,
    meaning: 'A member ends again and again soon after its start.',
    hint: 'Read its last log lines in the report; check `extra-opts`, `java-extra-opts` and `license-key`.',
  },
  'out-of-memory': {
    transient: false,
    meaning: 'The kernel ended a member because it used more memory than its container may have.',
    hint: 'Raise `memory-request`: the JVM needs more than what `memory` gives to the server.',
  },
  unschedulable: {
    transient: false,
    meaning: 'No node has room for a member.',
    hint: 'Raise `max-nodes`, give a larger size in `node-vm-size`, or lower `cpu-request` and `memory-request`.',
  },
  'mount-failed': {
    transient: false,
    meaning: 'A volume of a member cannot be mounted.',
    hint: 'Check the volume or Secret that the event names, and `patches` if it comes from there.',
  },
  'container-config': {
    transient: false,
    meaning: 'The container of a member cannot be created from its specification.',
    hint: 'Check the Secret, ConfigMap or setting that the event names, and `patches` if it comes from there.',
  },
  'options-lost': {
    transient: false,
    meaning: 'The options of the server do not reach the container as they were given.',
    hint: 'Change `patches` so that the environment and the command of the container stay as they are.',
  },
  'rollout-timeout': {
    transient: false,
    meaning: 'Not all members became Ready in time.',
    hint: 'Look at the state of each member in the report; raise `verify-timeout` if they are merely slow.',
  },
  'rollout-reverted': {
    transient: false,
    meaning: 'An update of the members failed, and was rolled back.',
    hint: 'The former version serves again: correct the change, and deploy again.',
  },
  'full-restart-needed': {
    transient: false,
    meaning: 'The change would give members that disagree about the cluster while it is rolled out.',
    hint: 'Take the change back, or set `allow-full-restart` to true; then all members stop at once and the message history in memory is lost.',
  },
  'members-missing': {
    transient: false,
    meaning: 'Fewer members are Ready than the StatefulSet asks for.',
    hint: 'Look at the state and the last log lines of each member in the report.',
  },
  'not-deployed': {
    transient: false,
    meaning: 'There is no deployment of this action in the namespace.',
    hint: 'Run operation deploy first, or correct `namespace`.',
  },
  'scale-out-of-bounds': {
    transient: false,
    meaning: 'The number of members asked for is outside of what the deployment allows.',
    hint: 'Give values in `scale-to` between `min-replicas` and `max-replicas` of the deployment.',
  },
} as const satisfies CatalogueArea;
