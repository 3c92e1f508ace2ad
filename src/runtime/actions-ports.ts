import { writeFile } from 'node:fs/promises';
import * as core from '@actions/core';
import type { Identity, Log, Outputs, State } from './ports.js';

/**
 * Text for the log that the runner cannot take for a command of ours: names, events and answers come from outside, and
 * `::save-state` among them would reach the post phase. Both forms that it knows are broken up (actions/runner,
 * ActionCommand.cs): `::name` at the beginning of a line, `##[name]` anywhere.
 */
export function withoutCommands(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, '$1: ').replaceAll('##[', '## [');
}

/** The job log and its annotations. */
export const actionsLog: Log = {
  info: text => {
    core.info(withoutCommands(text));
  },
  debug: text => {
    core.debug(text);
  },
  warning: (text, title) => {
    core.warning(text, title === undefined ? {} : { title });
  },
  error: (text, title) => {
    core.error(text, title === undefined ? {} : { title });
  },
  group: (title, body) => core.group(title, body),
  mask: secret => {
    core.setSecret(secret);
  },
};

/** The step's outputs and its job summary, which the runner reads from files. */
export function createOutputs(environment: NodeJS.ProcessEnv): Outputs {
  return {
    set: (name, value) => {
      core.setOutput(name, value);
    },
    summary: async markdown => {
      const path = environment['GITHUB_STEP_SUMMARY'];
      if (path) await writeFile(path, markdown);
    },
  };
}

export const actionsState: State = {
  save: (key, value) => {
    core.saveState(key, value);
  },
  read: key => core.getState(key),
};

/** GitHub's own identity of the job. */
export function createIdentity(environment: NodeJS.ProcessEnv): Identity {
  return {
    available: Boolean(environment['ACTIONS_ID_TOKEN_REQUEST_URL'] && environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']),
    token: audience => core.getIDToken(audience),
  };
}
