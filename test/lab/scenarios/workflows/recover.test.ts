import { afterAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { Lab, LabCluster } from '../../lab.js';
import type { RunResult } from '../../workflow/result.js';
import type { WorkflowRun } from '../../workflow/start.js';
import { expectReverted } from '../support/chaos.js';
import { leftoversOf } from '../support/leftovers.js';
import { objectsOf, type Objects } from '../support/objects.js';
import { shortenLeases } from '../support/short-leases.js';
import { useLab } from '../support/use-lab.js';
import { outcomesOf, resultsOf, runPublic, startPublic, type CallInputs } from '../support/workflow-job.js';

const namespace = 'migratory';
/** On a cluster of the caller, whose kubeconfig is a secret. */
const deployment: CallInputs = { provider: 'kubeconfig', rest: true, 'service-type': 'node-port' };
const drain: CallInputs = {
  provider: 'kubeconfig',
  ...{ experiments: 'drain', steady: '1s', hold: '20m', 'max-recovery': '30m', 'probe-interval': '100ms' },
};

/** Runners that are lost during the drain of a node, and the jobs that revert it. */
describe('a runner that is lost during an experiment', () => {
  let lab: Lab;
  let cluster: LabCluster;
  let objects: Objects;
  let kubeconfig: Readonly<Record<string, string>>;
  let secrets: Readonly<Record<string, string>>;

  /** Starts a drain, and loses its runner while the fault is held. */
  const loseDrain = async (runId: string): Promise<WorkflowRun> => {
    const run = await startPublic(lab, 'chaos', drain, { secrets, github: { run_id: runId } });
    await run.logged('The fault is held.');
    run.lose('chaos');
    expect(await objects.cordoned()).toHaveLength(1);
    return run;
  };
  /** Runs the workflow of a schedule, in another run. */
  const recover = (runId: string): Promise<RunResult> =>
    runPublic(lab, 'recover', { provider: 'kubeconfig' }, { secrets: kubeconfig, github: { run_id: runId } });

  afterAll(() => {
    expect(lab.azure.requests()).toEqual([]);
  });

  useLab(async started => {
    lab = started;
    cluster = await lab.standaloneCluster('kind');
    objects = objectsOf(cluster.api);
    kubeconfig = { 'kubeconfig-content': await readFile(cluster.kubeconfig, 'utf8') };
    secrets = { ...kubeconfig, 'entitlement-token': 'entitled-to-publish' };
    const run = await runPublic(lab, 'deploy', deployment, { secrets });
    expect(outcomesOf(run, 'deploy')).toEqual(['deploy success', 'verify success']);
    expect(run.outputs).toMatchObject({ outcome: 'success', changed: 'true', 'ready-members': '3' });
    expect(run.log).not.toContain('entitled-to-publish');
  });

  it('is recovered by the second job of the same run', async () => {
    const run = await (await loseDrain('1')).ended;
    expect(resultsOf(run)).toEqual({ plan: 'success', chaos: 'failure', recover: 'success' });
    expect(outcomesOf(run, 'recover')).toEqual(['recover success']);
    expect(run.jobs['recover']?.steps[0]?.outputs['changed']).toBe('true');
    expect(Object.keys(run.artifacts).map(name => name.replace(/-[0-9a-f]{6}/, ''))).toEqual([
      'migratorydata-chaos-main-recover-1',
    ]);
    await objects.untilReady(namespace, 3);
    await expectReverted(cluster, objects, namespace, 3);
  });

  it('is recovered by a scheduled recover of another run when that job is lost as well', async () => {
    const run = await loseDrain('1');
    await run.logged('::group::Recover\n');
    run.lose('recover');
    expect(resultsOf(await run.ended)).toEqual({ plan: 'success', chaos: 'failure', recover: 'failure' });
    expect(await leftoversOf(cluster, namespace)).toContain('migratorydata-aks-mark');
    await shortenLeases(cluster, namespace);

    const later = await recover('2');
    expect(later.outputs).toMatchObject({ outcome: 'success', changed: 'true', 'error-code': '' });
    expect(later.log).toContain('Experiment drain of acme/shop/1/main');
    await objects.untilReady(namespace, 3);
    await expectReverted(cluster, objects, namespace, 3);

    const again = await recover('3');
    expect(again.outputs).toMatchObject({ outcome: 'success', changed: 'false' });
  });
});
