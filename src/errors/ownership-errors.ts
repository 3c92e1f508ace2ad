import type { CatalogueArea } from './entry.js';

/** Deleting and undoing: only what is ours, and all of it. */
export const ownershipErrors = {
  'ownership-mismatch': {
    transient: false,
    meaning: 'The resource does not carry the tags of this repository and run, so it is not deleted.',
    hint: 'Give in `resource-group` and `cluster-name` what this repository created, or delete the resource by hand.',
  },
  'delete-incomplete': {
    transient: true,
    meaning: 'Not everything that was to be deleted is gone.',
    hint: 'Run operation teardown again, or sweep once it has expired; what is left is named above and may cost money.',
  },
  'undo-incomplete': {
    transient: true,
    meaning: 'A change that the action made for a while could not be taken back.',
    hint: 'Undo by hand what is named above.',
  },
} as const satisfies CatalogueArea;
