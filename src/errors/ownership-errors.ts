import type { CatalogueArea } from './entry.js';

/** Deletion and undo: only what the action owns, and all of it. */
export const ownershipErrors = {
  'ownership-mismatch': {
    transient: false,
    meaning: 'The resource does not have the tags of this repository and run, so it is not deleted.',
    hint: 'Set `resource-group` and `cluster-name` to resources that this repository created, or delete the resource manually.',
  },
  'delete-incomplete': {
    transient: true,
    meaning: 'Some resources could not be deleted.',
    hint: 'Run operation teardown again, or sweep after the expiry; the remaining resources are named above and may cause costs.',
  },
  'undo-incomplete': {
    transient: true,
    meaning: 'A temporary change of the action could not be undone.',
    hint: 'Undo the changes named above manually. If a revert record names what can never be undone, run operation recover with `discard-record` true as the last resort.',
  },
} as const satisfies CatalogueArea;
