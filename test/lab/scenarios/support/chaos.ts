import { expect } from '@jest/globals';
import type { ExperimentRecord } from '../../../../src/journal/experiment-record.js';
import type { Node } from '../../../../src/kubernetes/api/types.js';
import { isReady } from '../../../../src/kubernetes/pods.js';
import type { LabCluster } from '../../lab.js';
import { waitForObjects } from '../../wait.js';
import { leftoversOf } from './leftovers.js';
import { namesOf, type Objects } from './objects.js';
import type { StepResult } from './steps.js';

/** Returns the only experiment of a step. @throws Error when the report has none. */
export function experimentOf({ report }: Pick<StepResult, 'report'>): ExperimentRecord {
  const [record] = report.experiments;
  if (record === undefined) throw new Error('the report has no experiment');
  return record;
}

/** Expects the cluster in its former state: members, counts and nodes, and no leftovers of the action. */
export async function expectReverted(
  { api }: Pick<LabCluster, 'api'>,
  objects: Objects,
  namespace: string,
  replicas: number,
): Promise<void> {
  const members = await objects.members(namespace);
  expect(namesOf(members)).toEqual(Array.from({ length: replicas }, (_, index) => `migratorydata-${index}`));
  expect(members.every(isReady)).toBe(true);
  expect((await objects.statefulSet(namespace)).spec.replicas).toBe(replicas);
  expect(await objects.cordoned()).toEqual([]);
  await expectNothingLeft({ api }, namespace);
}

/** Expects no leftovers of an experiment. Kubernetes removes its own taints a moment after a node is Ready again. */
export async function expectNothingLeft({ api }: Pick<LabCluster, 'api'>, namespace: string): Promise<void> {
  await waitForObjects<Node>(api, '/api/v1/nodes', nodes =>
    nodes.every(({ spec }) => (spec.taints ?? []).length === 0),
  );
  expect(await leftoversOf({ api }, namespace)).toEqual([]);
}
