import type { CatalogueArea } from './entry.js';

/** The step itself: its inputs, its runner, the programs it starts, and how it ended. */
export const stepErrors = {
  'invalid-input': {
    transient: false,
    meaning: 'One or more inputs are unknown, malformed or do not go together.',
    hint: 'Correct the inputs named above; nothing was started.',
  },
  'unsupported-runner': {
    transient: false,
    meaning: 'The job runs on an operating system that the action does not support.',
    hint: 'Use a Linux runner, such as `runs-on: ubuntu-latest`.',
  },
  'tool-missing': {
    transient: false,
    meaning: 'A program that the operation needs is not on the PATH of the runner.',
    hint: 'Install the program named above in an earlier step, or use a runner image that has it.',
  },
  'tool-too-old': {
    transient: false,
    meaning: 'A program on the runner is older than the oldest version that works.',
    hint: 'Install the version named above, or a newer one, in an earlier step.',
  },
  'identifier-invalid': {
    transient: false,
    meaning:
      'A name that the cluster or Azure gave does not have the form of such a name, so it was put into no command and no URL.',
    hint: 'Look at the object that is named like this; somebody may have planted it.',
  },
  'command-failed': {
    transient: false,
    meaning: 'A program ended with an error that is not one of those listed here.',
    hint: 'Read the last output of the program in the report; the command line there can be copied and run by hand.',
  },
  'command-timeout': {
    transient: true,
    meaning: 'A program gave no answer within its time and was ended.',
    hint: 'Run again; if it repeats, look at the status page of the service that it talks to.',
  },
  cancelled: {
    transient: false,
    meaning: 'The run was cancelled while the step was working.',
    hint: 'Nothing needs to be done: what was left to undo is named in the report and undone in the post step.',
  },
  'timed-out': {
    transient: false,
    meaning: 'The step did not end within the time that it was given.',
    hint: 'Raise `timeout`, or shorten the plan; the durations of the phases are in the report.',
  },
  internal: {
    transient: false,
    meaning: 'The action met a situation that nobody foresaw.',
    hint: 'This is a defect of the action; please open an issue and attach report.json.',
  },
} as const satisfies CatalogueArea;
