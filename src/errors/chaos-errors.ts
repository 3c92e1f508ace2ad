import type { CatalogueArea } from './entry.js';

/** Experiments that take nodes away. */
export const chaosErrors = {
  'disruption-blocked': {
    transient: false,
    meaning: 'The disruption budget allows no member to be evicted now.',
    hint: 'Scale to one member more, deploy with `disruption-budget` max-unavailable, or choose another `when-blocked` mode.',
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
  'verdict-failed': {
    transient: false,
    meaning: 'An experiment ended with a verdict other than pass.',
    hint: 'Read the reason of each experiment in the report.',
  },
} as const satisfies CatalogueArea;
