import { describe, expect, it } from '@jest/globals';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { expectGolden } from './support/golden.js';
import { startIdentity } from './support/identity.js';
import { type Inputs, type Job, type Main, ownLogin, startJob } from './support/job.js';
import { commandsIn, expectMade, patternOf, planOf, readsOf } from './support/plans.js';
import { shortChaos } from './support/short-chaos.js';

async function kindsIn(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder);
  const texts = await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')));
  return texts.map(text => (parse(text) as { readonly kind: string }).kind).sort();
}

/** Expects that the step started nothing, printed its plan, and wrote the manifests. */
function expectPlan(name: string, job: Job, main: Main): void {
  expect([main.code, main.processes, main.requests, main.changes, main.reads]).toEqual([0, [], [], [], []]);
  expect([main.outputs['outcome'], main.report.pending]).toEqual(['dry-run', []]);
  expectGolden(name, { plan: planOf(job, main) });
}

const members = ['Namespace', 'Service', 'Service', 'PodDisruptionBudget', 'StatefulSet'];

describe('a dry run', () => {
  it.each<[string, (job: Job) => Inputs, readonly string[]]>([
    ['e2e on AKS', () => ({ ...ownLogin, operation: 'e2e' }), [...members, 'HorizontalPodAutoscaler']],
    ['deploy', job => ({ ...job.onKubeconfig, operation: 'deploy' }), members],
  ])('of %s starts nothing, prints the commands in order and writes the manifests', async (what, inputsFor, kinds) => {
    await using job = await startJob();
    const inputs = { ...inputsFor(job), 'dry-run': 'true' };
    const main = await job.run(inputs);
    expectPlan(`dry-run-${what.replaceAll(' ', '-').toLowerCase()}`, job, main);
    expect(await kindsIn(main.outputs['manifests'] ?? '')).toEqual([...kinds].sort());
    const post = await job.post(inputs, main);
    expect([post.code, post.processes, post.annotations, post.summary]).toEqual([0, [], [], '']);
  });

  it.each(['preflight', 'create', 'deploy', 'teardown', 'e2e'])(
    'of %s on AKS names every az command that the operation runs, and no other',
    async operation => {
      await using job = await startJob();
      await using identity = await startIdentity();
      const inputs = {
        ...job.onAks,
        ...ownLogin,
        operation,
        ...shortChaos,
        rest: 'true',
      };
      const planned = planOf(job, await job.run({ ...inputs, 'dry-run': 'true' }));
      if (operation === 'teardown') {
        await job.run({ ...inputs, operation: 'create' }, { env: identity.environment });
        job.azure.arm.calls.length = 0;
        await rm(join(job.temp, 'migratorydata-aks-cloud.json'));
      }
      const real = await job.run(inputs, { env: identity.environment });
      expect([real.code, real.annotations.filter(({ level }) => level === 'error')]).toEqual([0, []]);
      const patterns = commandsIn(planned).map(patternOf);
      const polls = /\/operationresults\//;
      const az = [...real.processes, ...readsOf(job)].filter(line => line.startsWith('az ') && !polls.test(line));
      expect(az.filter(line => !patterns.some(pattern => pattern.test(line)))).toEqual([]);
      expectMade(planned, job, real);
    },
  );

  it('of a deployment with patches names the kustomize command that applies them', async () => {
    await using job = await startJob();
    const patches = join(job.folder, 'patch.yaml');
    const metadata = { name: 'migratorydata', annotations: { team: 'shop' } };
    await writeFile(patches, stringify({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata }));
    const inputs = { ...job.onKubeconfig, operation: 'deploy', patches };
    const planned = planOf(job, await job.run({ ...inputs, 'dry-run': 'true' }));
    expect(planned.join('\n')).toContain('kubectl kustomize FOLDER');
    expectMade(planned, job, await job.run(inputs));
  });

  it('asks nobody for the address of the runner', async () => {
    await using job = await startJob({ tools: [] });
    const ranges = { 'source-ranges': 'runner', 'authorized-ip-ranges': 'runner' };
    const inputs = { ...ranges, operation: 'e2e', 'dry-run': 'true', teardown: 'never' };
    const main = await job.run(inputs, { env: { MDAKS_RUNNER_ADDRESS: '', HTTPS_PROXY: 'http://127.0.0.1:9' } });
    const folder = main.outputs['manifests'] ?? '';
    const texts = await Promise.all((await readdir(folder)).map(file => readFile(join(folder, file), 'utf8')));
    expect([main.code, texts.join()]).toEqual([0, expect.stringContaining('- RUNNER-ADDRESS/32')]);
  });

  it('needs no az, no kubectl and no login', async () => {
    await using job = await startJob({ tools: [] });
    expect((await job.run({ operation: 'e2e', 'dry-run': 'true', teardown: 'never' })).code).toBe(0);
  });
});

describe('operation render', () => {
  it('writes the same manifests, with the autoscaler', async () => {
    await using job = await startJob({ tools: [] });
    const main = await job.run({ operation: 'render' });
    expect([main.code, main.outputs['outcome']]).toEqual([0, 'success']);
    expect(await kindsIn(main.outputs['manifests'] ?? '')).toEqual([...members, 'HorizontalPodAutoscaler'].sort());
  });
});
