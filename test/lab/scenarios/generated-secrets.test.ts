import { describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SimulatedCluster } from '../lab.js';
import { startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { namesOf, uidsOf } from './support/objects.js';
import { errorOf, type Inputs, type StepResult } from './support/steps.js';
import { useLab } from './support/use-lab.js';

const namespace = 'migratory';
const first = ['migratorydata-cluster-password-1', 'migratorydata-secrets-1'];

const aboutSecrets = ({ report }: StepResult): readonly string[] =>
  report.warnings.filter(warning => /secret/i.test(warning));

/** One deployment to which no step gives a secret, through the changes of its life. */
describe('the password and the token that nobody gave', () => {
  let job: KubeconfigJob<SimulatedCluster>;
  let deployed: StepResult;

  const deployment = (inputs: Inputs = {}): Inputs => ({
    operation: 'deploy',
    'service-type': 'node-port',
    'member-pause': '0s',
    ...inputs,
  });
  /** The values in the Secrets. */
  const generated = async (): Promise<Readonly<Record<string, string>>> => {
    const secrets = await job.objects.secrets(namespace);
    const entries = secrets.flatMap(({ data = {} }) => Object.entries(data));
    return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
  };
  /** What each running server was started with, and why it stands alone. */
  const servers = (): readonly object[] =>
    job.cluster.workload.members.list().map(({ options, refusal }) => ({
      password: options.clusterPassword,
      token: options.token,
      refusal,
    }));
  const expectServers = async (count: number): Promise<void> => {
    const { 'cluster-password': password, 'entitlement-token': token } = await generated();
    expect(password).toMatch(/^[\w-]{32}$/);
    expect(servers()).toEqual(Array.from({ length: count }, () => ({ password, token, refusal: undefined })));
  };

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
    deployed = await job.pass(deployment());
  });

  it('are one password and one token for all members', async () => {
    expect(namesOf(await job.objects.secrets(namespace))).toEqual(first);
    await expectServers(3);
    expect(aboutSecrets(deployed)).toEqual([]);
  });

  it('stay when nothing changes', async () => {
    const [secrets, members] = [await job.objects.secrets(namespace), await job.objects.members(namespace)];
    const again = await job.pass(deployment());
    expect(again.main.outputs['changed']).toBe('false');
    expect(await job.objects.secrets(namespace)).toEqual(secrets);
    expect(uidsOf(await job.objects.members(namespace))).toEqual(uidsOf(members));
    expect(aboutSecrets(again)).toEqual([]);
  });

  it('stay over rolling updates that turn REST on and off, and over a scale', async () => {
    const secrets = await job.objects.secrets(namespace);
    const steps = [
      await job.pass(deployment({ rest: 'true', image: 'migratorydata/server:6.0.25' })),
      await job.pass({ ...deployment(), operation: 'scale', 'scale-to': '4' }),
    ];
    await expectServers(4);
    steps.push(await job.pass(deployment({ rest: 'false', image: 'migratorydata/server:6.0.26' })));
    await expectServers(4);
    expect(await job.objects.secrets(namespace)).toEqual(secrets);
    expect(steps.flatMap(aboutSecrets)).toEqual([]);
  });

  it('are in no log, report or file of the steps', async () => {
    const { reports } = await job.pass({ ...deployment(), operation: 'collect' });
    expect(await readdir(join(reports, 'diagnostics', 'logs'))).toHaveLength(4);
    const entries = await readdir(job.folder, { recursive: true, withFileTypes: true });
    const files = entries.filter(entry => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const texts = await Promise.all(files.map(file => readFile(file, 'latin1')));
    const said = [deployed.main, deployed.post].flatMap(({ stdout, stderr, state }) => [
      stdout.replaceAll(/^::add-mask::.*$/gm, ''),
      stderr,
      JSON.stringify(state),
    ]);
    const values = Object.values(await generated());
    expect(values).toHaveLength(2);
    for (const value of [...values, ...values.map(text => Buffer.from(text).toString('base64'))]) {
      expect([...texts, ...said].filter(text => text.includes(value))).toEqual([]);
    }
  });

  it('give way to a password of the user only when all members may restart at once', async () => {
    const members = await job.objects.members(namespace);
    const given = deployment({ image: 'migratorydata/server:6.0.26', 'cluster-password': 'of-our-own-0001' });
    const refused = await job.fail(given);
    expect(refused.main.outputs['error-code']).toBe('full-restart-needed');
    expect(errorOf(refused)).toContain('then in Secret migratorydata-cluster-password-2');
    expect(uidsOf(await job.objects.members(namespace))).toEqual(uidsOf(members));

    await job.pass({ ...given, 'allow-full-restart': 'true' });
    const { 'entitlement-token': token } = await generated();
    expect(servers()).toEqual(
      Array.from({ length: 4 }, () => ({ password: 'of-our-own-0001', token, refusal: undefined })),
    );
  });

  it('never return under the name of a Secret that is gone', async () => {
    const path = `/api/v1/namespaces/${namespace}/secrets/migratorydata-cluster-password-2`;
    await job.cluster.api.request('DELETE', path);
    const members = await job.objects.members(namespace);
    const refused = await job.fail(deployment({ image: 'migratorydata/server:6.0.26' }));
    expect(refused.main.outputs['error-code']).toBe('full-restart-needed');
    expect(errorOf(refused)).toContain('then in Secret migratorydata-cluster-password-1');
    expect(uidsOf(await job.objects.members(namespace))).toEqual(uidsOf(members));
    expect(namesOf(await job.objects.secrets(namespace))).toEqual(first);
  });
});
