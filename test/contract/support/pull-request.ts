import { expect } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitHubStandIn } from './github.js';
import type { Inputs, Job, Main } from './job.js';

/** The token of the job. */
export const token = 'ghs_TokenOfTheJob4711+abc';
/** The pull request. */
export const number = 7;
/** The first line of its comment. */
export const marker = '<!-- migratorydata-aks: current-context/check-0/migratory/migratorydata -->';

export type Environment = Readonly<Record<string, string>>;

/** Returns the variables that the runner sets in a run of pull request 7. */
export async function eventOf(job: Job, github: GitHubStandIn, payload: object = {}): Promise<Environment> {
  const path = join(job.folder, 'event.json');
  await writeFile(path, JSON.stringify({ pull_request: { number, ...payload } }));
  return { ...github.environment, GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: path };
}

/** Returns the inputs of a deployment that may comment. */
export function inputsFor(job: Job, when: string): Inputs {
  return { ...job.onKubeconfig, operation: 'deploy', 'pull-request-comment': when, 'github-token': token };
}

/** Runs a deployment whose image cannot be pulled. */
export async function failToDeploy(job: Job, when: string, env: Environment): Promise<Main> {
  job.kubernetes.behaviour.podFault = () => 'image-pull';
  const main = await job.run(inputsFor(job, when), { env });
  expect(main).toMatchObject({ code: 1, outputs: { 'error-code': 'image-pull' } });
  return main;
}

/** Returns the warnings about the comment; every deployment has others. */
export function complaintsOf({ annotations }: Main): readonly string[] {
  const warnings = annotations.filter(({ level }) => level === 'warning');
  return warnings.map(({ message }) => message).filter(text => text.includes('comment'));
}
