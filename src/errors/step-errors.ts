import type { CatalogueArea } from './entry.js';

/** The step itself: its inputs, its runner, the programs that it starts, and how it ends. */
export const stepErrors = {
  'invalid-input': {
    transient: false,
    meaning: 'One or more inputs are unknown, invalid or inconsistent.',
    hint: 'Correct the inputs named above; nothing was started.',
  },
  'config-missing': {
    transient: false,
    meaning: 'The deployment was made with a config file, and the step that updates it has none.',
    hint: 'Check out the repository before the step, or set `config` to the path of the file; `config: none` deploys without it.',
  },
  'unsupported-runner': {
    transient: false,
    meaning: 'The action does not support the operating system of the runner.',
    hint: 'Use a Linux runner, such as `runs-on: ubuntu-latest`.',
  },
  'tool-missing': {
    transient: false,
    meaning: 'A program that the operation needs is not on the PATH of the runner.',
    hint: 'Install the program named above in an earlier step, or use a runner image that includes it.',
  },
  'tool-too-old': {
    transient: false,
    meaning: 'A program on the runner is older than the minimum version.',
    hint: 'Install the version named above or a newer one in an earlier step.',
  },
  'identifier-invalid': {
    transient: false,
    meaning: 'A name from the cluster or from Azure is not valid, so it was not used in a command or URL.',
    hint: 'Check the object with this name; it may have been created with malicious intent.',
  },
  'command-failed': {
    transient: false,
    meaning: 'A program failed with an error that has no code of its own.',
    hint: 'Read the last output of the program in the report; the command line there can be copied and run manually.',
  },
  'command-timeout': {
    transient: true,
    meaning: 'A program exceeded its time limit and was terminated.',
    hint: 'Run again; if it happens again, check the status page of the service that the program connects to.',
  },
  'file-unwritable': {
    transient: false,
    meaning: 'The runner could not write a file or make a folder.',
    hint: 'Set `report-directory` to a folder that the step may write, and check the free space on the disk of the runner.',
  },
  cancelled: {
    transient: false,
    meaning: 'The run was cancelled during the step.',
    hint: 'No action is needed: the report lists the remaining changes, and the post step undoes them.',
  },
  'timed-out': {
    transient: false,
    meaning: 'The step did not end within its time limit.',
    hint: 'Raise `timeout`, or shorten the plan; the report shows the durations of the phases.',
  },
  internal: {
    transient: false,
    meaning: 'An unexpected error occurred in the action.',
    hint: 'This is a bug in the action; please open an issue and attach report.json.',
  },
} as const satisfies CatalogueArea;
