import { describe, expect, it } from '@jest/globals';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startIdentity } from './support/identity.js';
import { type Inputs, type Job, ownLogin, startJob } from './support/job.js';
import { exposedBy, findLeaks, tellOn } from './support/leaks.js';
import { shortChaos } from './support/short-chaos.js';

const secrets = {
  'license-key': 'LicenceKey+/4711==x',
  'cluster-password': 'ClusterPassword/&4712%',
  'entitlement-token': 'EntitlementToken~4713?',
  'registry password': 'RegistryPassword#4714>',
  'github-token': 'ghp_GithubToken4715+abc',
  'kubeconfig token': 'KubeconfigToken/4716+xyz',
};

const secretInputs: Inputs = {
  'license-key': secrets['license-key'],
  'cluster-password': secrets['cluster-password'],
  'entitlement-token': secrets['entitlement-token'],
  'registry-credentials': `registry.example.com robot ${secrets['registry password']}`,
  'github-token': secrets['github-token'],
};

const kubeconfigContent = `apiVersion: v1
kind: Config
clusters: [{ name: shop, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: shop, user: { token: ${secrets['kubeconfig token']} } }]
contexts: [{ name: shop, context: { cluster: shop, user: shop } }]
current-context: shop
`;

/** Returns inputs whose kubeconfig is itself a secret. */
const byContent = (job: Job): Inputs => ({
  ...secretInputs,
  provider: 'kubeconfig',
  'kubeconfig-content': kubeconfigContent,
  'client-port': String(job.front.port),
});

const indiscreetLog = Object.values(secrets).map(tellOn).join('\n');

describe('a secret', () => {
  it('is exposed nowhere after a successful run on AKS, and the federated token is passed on standard input', async () => {
    await using job = await startJob();
    await using identity = await startIdentity();
    const inputs = {
      ...job.onAks,
      ...ownLogin,
      ...secretInputs,
      operation: 'e2e',
      ...shortChaos,
      rest: 'true',
    };
    // The compiled code lies with the other files of the job.
    const main = await job.run(inputs, { env: { ...identity.environment, NODE_COMPILE_CACHE: '' } });
    expect(main.code).toBe(0);
    const tokens = Object.fromEntries(identity.tokens.map((token, index) => [`assertion ${index}`, token]));
    const logins = job.programs.invocations.filter(({ argv }) => argv[0] === 'login');
    expect(logins.map(({ stdinBytes }) => stdinBytes)).toEqual(identity.tokens.map(({ length }) => length));
    expect(logins.length).toBeGreaterThan(0);
    expect(findLeaks({ ...secrets, ...tokens }, await exposedBy(job, main))).toEqual([]);
    const post = await job.post(inputs, main, { env: identity.environment });
    expect(findLeaks({ ...secrets, ...tokens }, await exposedBy(job, post))).toEqual([]);
  });

  it('is exposed nowhere after a failure, although the members print it', async () => {
    await using job = await startJob();
    job.kubernetes.behaviour.podFault = () => 'crash-loop';
    job.kubernetes.behaviour.log = () => indiscreetLog;
    const inputs = { ...byContent(job), operation: 'e2e', steady: '500ms', 'min-availability': '0' };
    const main = await job.run(inputs);
    expect(main.outputs['error-code']).toBe('crash-loop');
    expect(main.report.errors[0]?.evidence).toContain('***');
    await job.post(inputs, main);
    expect(findLeaks(secrets, await exposedBy(job, main))).toEqual([]);
  });

  it('is in no diagnostics bundle', async () => {
    await using job = await startJob();
    const inputs = byContent(job);
    const deployed = await job.run({ ...inputs, operation: 'deploy' });
    await job.post(inputs, deployed);
    job.kubernetes.behaviour.log = () => indiscreetLog;
    const main = await job.run({ ...inputs, operation: 'collect' });
    await job.post(inputs, main);
    const files = await readdir(join(main.outputs['report-directory'] ?? '', 'diagnostics'));
    expect(files).toEqual(expect.arrayContaining(['logs', 'secret.yaml']));
    expect(findLeaks(secrets, await exposedBy(job, main))).toEqual([]);
  });

  it('is in no manifest', async () => {
    await using job = await startJob();
    const main = await job.run({ ...secretInputs, operation: 'render' });
    expect(await readdir(main.outputs['manifests'] ?? '')).not.toEqual([]);
    expect(findLeaks(secrets, await exposedBy(job, main))).toEqual([]);
  });

  it('is in no error about its input', async () => {
    await using job = await startJob();
    const bad = 'two words of 4717';
    const main = await job.run({ operation: 'deploy', 'license-key': bad, 'entitlement-token': 'shrt471' });
    expect(main.outputs['error-code']).toBe('invalid-input');
    expect(findLeaks({ bad, short: 'shrt471' }, await exposedBy(job, main))).toEqual([]);
  });

  it.each(['deploy', 'e2e'])('that %s has generated is exposed nowhere either', async operation => {
    await using job = await startJob();
    const inputs = { ...job.onKubeconfig, operation, ...shortChaos };
    const main = await job.run({ ...inputs, teardown: 'never', rest: 'true' });
    expect(main.code).toBe(0);
    const generated = generatedBy(job);
    expect(Object.keys(generated)).toEqual(['cluster-password', 'entitlement-token']);
    expect(findLeaks(generated, await exposedBy(job, main))).toEqual([]);
    expect(main.stdout).toContain(`::add-mask::${generated['cluster-password'] ?? ''}\n`);
  });

  it('that an earlier step has generated is in no diagnostics bundle, although the members log it', async () => {
    await using job = await startJob();
    await job.run({ ...job.onKubeconfig, operation: 'deploy' });
    const generated = generatedBy(job);
    job.kubernetes.behaviour.log = () => Object.values(generated).map(tellOn).join('\n');
    const main = await job.run({ ...job.onKubeconfig, operation: 'collect' });
    expect(main.code).toBe(0);
    expect(findLeaks(generated, await exposedBy(job, main))).toEqual([]);
  });

  it.each([
    ['render', {}],
    ['deploy', { 'dry-run': 'true' }],
  ])('is generated by no %s that only writes files', async (operation, more) => {
    await using job = await startJob();
    const main = await job.run({ ...job.onKubeconfig, operation, ...more });
    const folder = main.outputs['manifests'] ?? '';
    expect(await readFile(join(folder, '5-stateful-set.yaml'), 'utf8')).toContain('--from-file=cluster-password=<(');
    expect(main.stdout).not.toContain('::add-mask::');
  });
});

/** Returns the values in the Secrets of the deployment by their keys. */
function generatedBy(job: Job): Readonly<Record<string, string>> {
  const entries = job.kubernetes
    .list('Secret', 'migratory')
    .flatMap(secret => Object.entries((secret['data'] ?? {}) as Readonly<Record<string, string>>));
  return Object.fromEntries(
    entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()] as const).sort(),
  );
}

describe('the kubeconfig', () => {
  it('is a private file that post removes', async () => {
    await using job = await startJob();
    const inputs = { ...byContent(job), operation: 'preflight' };
    const main = await job.run(inputs);
    const file = main.outputs['kubeconfig'] ?? '';
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await job.post(inputs, main);
    await expect(stat(parentOf(file))).rejects.toThrow('ENOENT');
  });
});

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
