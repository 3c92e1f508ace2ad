import { writeFile } from 'node:fs/promises';
import * as core from '@actions/core';
import type { Identity, Log, Outputs, State } from './ports.js';

/** The job log and its annotations. */
export const actionsLog: Log = {
  info: text => {
    core.info(text);
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
