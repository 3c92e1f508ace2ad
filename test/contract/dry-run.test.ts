import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { expectGolden } from './support/golden.js';
import { startIdentity } from './support/identity.js';
import { type Inputs, type Job, type Main, ownLogin, startJob } from './support/job.js';
import { rename } from './support/traffic.js';

async function kindsIn(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder);
  const texts = await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')));
  return texts.map(text => (parse(text) as { readonly kind: string }).kind).sort();
}

/** The step started nothing, said what it would do, and left the manifests. */
function expectPlan(name: string, job: Job, main: Main): void {
  expect([main.code, main.processes, main.changes, main.reads]).toEqual([0, [], [], []]);
  expect([main.outputs['outcome'], main.report.pending]).toEqual(['dry-run', []]);
  expectGolden(name, { plan: planOf(job, main) });
}

function planOf(job: Job, { report }: Main): readonly string[] {
  return report.phases.flatMap(({ notes }) => notes.map(note => rename(note, job.names)));
}

const members = ['Namespace', 'Service', 'Service', 'PodDisruptionBudget', 'StatefulSet'];

describe('a dry run', () => {
  it.each<[string, (job: Job) => Inputs, readonly string[]]>([
    ['e2e on AKS', () => ({ ...ownLogin, operation: 'e2e' }), [...members, 'HorizontalPodAutoscaler']],
    ['deploy', job => ({ ...job.onKubeconfig, operation: 'deploy' }), members],
  ])('of %s starts nothing, tells the commands in order and writes the manifests', async (what, inputsFor, kinds) => {
    await using job = await startJob();
    const inputs = { ...inputsFor(job), 'dry-run': 'true' };
    const main = await job.run(inputs);
    expectPlan(`dry-run-${what.replaceAll(' ', '-').toLowerCase()}`, job, main);
    expect(await kindsIn(main.outputs['manifests'] ?? '')).toEqual([...kinds].sort());
    const post = await job.post(inputs, main);
    expect([post.code, post.processes, post.annotations, post.summary]).toEqual([0, [], [], '']);
  });

  it.each(['preflight', 'create', 'deploy', 'teardown', 'e2e'])(
    'of %s on AKS names every az that the operation would start',
    async operation => {
      await using job = await startJob();
      await using identity = await startIdentity();
      const inputs = { ...job.onAks, ...ownLogin, operation, hold: '0s' };
      const dry = await job.run({ ...inputs, 'dry-run': 'true' });
      const planned = planOf(job, dry).map(line => line.replaceAll('CREATION-ID', 'UUID').split('  # ')[0]);
      const real = await job.run(inputs, { env: identity.environment });
      expect(real.code).toBe(0);
      expect(real.processes.filter(line => line.startsWith('az ') && !planned.includes(line))).toEqual([]);
    },
  );

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
