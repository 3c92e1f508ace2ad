import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { expectGolden } from './support/golden.js';
import { startIdentity } from './support/identity.js';
import { type Inputs, type Job, type Main, ownLogin, probeImage, startJob } from './support/job.js';
import { rename } from './support/traffic.js';

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

function planOf(job: Job, { report }: Main): readonly string[] {
  return report.phases.flatMap(({ notes }) => notes.map(note => rename(note, job.names)));
}

/** Returns the commands of a plan, without their reasons and the other lines. */
function commandsIn(planned: readonly string[]): readonly string[] {
  return planned.filter(line => line.includes('  # ')).map(line => line.split('  # ')[0] ?? '');
}

/** Returns a command of a plan as a pattern: a word in capitals matches any word. */
function patternOf(command: string): RegExp {
  const escaped = command.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/[A-Z][A-Z-]+/g, '[^ "]+?')}$`);
}

/**
 * Expects that the run made every command of the plan, as a process or as the kubectl equivalent of an API call. A
 * command whose reason begins with "else" runs only when the one before it does not.
 */
function expectMade(planned: readonly string[], job: Job, real: Main): void {
  const equivalents = [...real.log.matchAll(/same as: (.*)$/gm)].map(([, line = '']) => rename(line, job.names));
  const made = [...real.processes, ...equivalents, ...readsOf(job)];
  const alternatives = planned.filter(line => line.includes('  # else '));
  const commands = commandsIn(planned.filter(line => !alternatives.includes(line)));
  expect(commands.filter(command => !made.some(line => patternOf(command).test(line)))).toEqual([]);
}

/** The reads of Azure as the commands that a plan names. */
function readsOf(job: Job): readonly string[] {
  const reads = job.azure.arm.calls.filter(({ method }) => method === 'GET');
  return reads.map(({ target }) => rename(`az rest --method get --url '${target}'`, job.names));
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
        hold: '0s',
        steady: '500ms',
        'min-availability': '0',
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

  it.each<[string, Inputs]>([
    ['preflight', {}],
    ['deploy', {}],
    ['deploy', { rest: 'true', 'license-key': 'a-license-key' }],
    ['verify', {}],
    ['scale', { 'scale-to': '4,5' }],
    ['autoscale', {}],
    ['recover', {}],
    ['collect', {}],
    ['teardown', {}],
    ['chaos', { experiments: 'baseline' }],
    ['chaos', { experiments: 'drain' }],
    ['chaos', { experiments: 'drain', replicas: '4' }],
    ['chaos', { experiments: 'drain', 'when-blocked': 'expect-blocked' }],
    ['chaos', { experiments: 'drain', 'when-blocked': 'bypass' }],
    ['chaos', { experiments: 'drain', 'drain-scope': 'all' }],
    ['chaos', { experiments: 'pod-kill', repeat: '2' }],
    ['chaos', { experiments: 'pod-kill', 'probe-image': probeImage }],
    ['chaos', { experiments: 'rolling', 'member-pause': '0s' }],
    ['chaos', { experiments: 'quorum-loss', rest: 'true' }],
    ['e2e', { rest: 'true' }],
  ])('of %s with %j names only the commands of the operation', async (operation, more) => {
    await using job = await startJob();
    const inputs = {
      ...job.onKubeconfig,
      hold: '0s',
      steady: '500ms',
      'min-availability': '0',
      'max-recovery': '30s',
      ...more,
    };
    if (!['preflight', 'deploy', 'e2e'].includes(operation)) await job.run({ ...inputs, operation: 'deploy' });
    const planned = planOf(job, await job.run({ ...inputs, operation, 'dry-run': 'true' }));
    expectMade(planned, job, await job.run({ ...inputs, operation }));
  });

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
