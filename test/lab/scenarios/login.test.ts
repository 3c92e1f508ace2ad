import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { ownLogin } from '../../../src/azure/cli/login.js';
import { createExecRunner } from '../../../src/runtime/exec-runner.js';
import { diskFiles, readRunFacts, systemClock } from '../../../src/runtime/node-ports.js';
import { RecordingLog } from '../../unit/fakes.js';
import { accessTokenExpired, federatedTokenRefused } from '../azure/faults.js';
import type { Lab } from '../lab.js';
import { az, inventory, logIn, startAzureJob } from './support/azure-job.js';
import { renewableLogins } from './support/logins.js';
import { errorOf } from './support/steps.js';
import { useLab } from './support/use-lab.js';

const group = 'rg-migratorydata-4711-check-0';
const tags = {
  'managed-by': 'migratorydata-aks',
  repository: 'acme/shop',
  'run-id': '4711',
  instance: 'check-0',
  'creation-id': 'c-1',
};

describe('the login to Azure', () => {
  let lab: Lab;

  /** Places a group and a cluster that run 4711 made before. */
  const placeCluster = async (): Promise<void> => {
    lab.azure.place.group({ name: group, tags });
    await lab.azure.place.cluster({ group, name: 'aks-migratorydata', tags });
  };

  useLab(started => {
    lab = started;
  });

  it('shows the presented subject when no federated credential matches', async () => {
    const removeFault = lab.azure.inject(federatedTokenRefused({ times: Infinity }));
    const job = await startAzureJob(lab, { ownLogin: true });
    const { main, report } = await job.fail({ operation: 'create' });
    removeFault();
    expect(main.outputs).toMatchObject({ 'error-code': 'azure-federation-mismatch' });
    expect(errorOf({ main })).toContain('for subject "repo:example/migratorydata:ref:refs/heads/main" of issuer');
    expect(report.commands).toHaveLength(1);
  });

  it('names the missing inputs when no login exists', async () => {
    const job = await startAzureJob(lab, { env: { AZURE_CONFIG_DIR: join(lab.folder, 'nobody') } });
    const { main } = await job.fail({ operation: 'create' });
    expect(main.outputs).toMatchObject({ 'error-code': 'azure-not-logged-in' });
    expect(errorOf({ main })).toContain(
      'Set `client-id`, `tenant-id` and `subscription-id`, or log in with azure/login',
    );
    expect(inventory(lab)).toEqual({ groups: [], clusters: [] });
  });

  it('of an earlier step is used', async () => {
    await placeCluster();
    const env = { ...lab.env, AZURE_CONFIG_DIR: join(lab.folder, 'earlier-step') };
    await logIn(lab, env);
    const job = await startAzureJob(lab, { env: { AZURE_CONFIG_DIR: env.AZURE_CONFIG_DIR } });
    const { main, report } = await job.pass({ operation: 'teardown', 'wait-for-deletion': 'true' });
    expect(main.outputs).toMatchObject({ deleted: 'true' });
    expect(report.commands.map(({ argv }) => argv[0])).not.toContain('login');
  });

  it.each(renewableLogins.slice(0, 2))('of $who in an earlier step outlives its first token', async ({ who, argv }) => {
    await placeCluster();
    const env = { AZURE_CONFIG_DIR: join(lab.folder, who) };
    // Each token expires while Azure deletes the cluster.
    lab.azure.tune({ accessTokenTtlMs: 5_000, lroMs: 7_000 });
    await az(lab, ['login', ...argv], { env: { ...lab.env, ...env } });
    const job = await startAzureJob(lab, { env });
    const { main, report } = await job.pass({ operation: 'teardown', 'wait-for-deletion': 'true' });
    lab.azure.tune({ accessTokenTtlMs: 3_600_000, lroMs: 300 });
    expect(main.outputs).toMatchObject({ deleted: 'true' });
    const commands = report.commands.map(({ argv: words }) => words.slice(0, 2).join(' '));
    expect(commands.filter(command => command === 'account get-access-token').length).toBeGreaterThan(1);
    expect(commands.filter(command => command.startsWith('login '))).toEqual([]);
    expect(inventory(lab)).toEqual({ groups: [], clusters: [] });
  });

  it('of the action gives kubelogin another token after each renewal, from the folder that kubelogin knows', async () => {
    const resource = '6dae42f8-4368-4678-94ff-3960e28e3630';
    const { clientId, tenantId } = lab.azure;
    const runner = createExecRunner(lab.env);
    const identity = { available: true, token: () => Promise.resolve(lab.azure.issueAssertion()) };
    const run = readRunFacts({ ...lab.env, RUNNER_TEMP: lab.folder });
    const ports = { runner, identity, run, clock: systemClock, files: diskFiles, log: new RecordingLog() };
    const session = ownLogin(ports, { clientId, tenantId }, join(lab.folder, 'kubelogin'));
    const { signal } = new AbortController();
    const tokenRequests = (): number => lab.azure.requests().filter(({ path }) => path.endsWith('/token')).length;
    const before = tokenRequests();
    session.alsoFor(resource);
    await session.ensure(signal);
    /** Requests a token as kubelogin does, with the environment from the start of kubectl. */
    const { env } = session;
    const request = async (): Promise<string> => {
      const argv = ['account', 'get-access-token', '--resource', resource, '-o', 'json'];
      const { stdout } = await runner.run({ tool: 'az', argv, why: 'get a token', env }, signal);
      return (JSON.parse(stdout) as { readonly accessToken: string }).accessToken;
    };
    const first = await request();
    await session.renew(signal);
    const requested = tokenRequests();
    // For each login one for Azure Resource Manager and one for kubelogin.
    expect(requested - before).toBe(4);
    const second = await request();
    expect(second).not.toBe(first);
    // The renewal has requested it while its assertion was valid.
    expect(tokenRequests()).toBe(requested);
  });

  it('is renewed when it expires during a step, so that the deletion still succeeds', async () => {
    await placeCluster();
    lab.azure.inject(accessTokenExpired({ method: 'GET', path: /\/resources$/ }));
    const job = await startAzureJob(lab, { ownLogin: true });
    const { main, report } = await job.pass({ operation: 'teardown', 'wait-for-deletion': 'true' });
    expect(main.outputs).toMatchObject({ deleted: 'true' });
    expect(main.log).toContain('Azure no longer accepted the login, so it was renewed.');
    const logins = report.commands.filter(({ argv }) => argv[0] === 'login');
    expect(logins).toHaveLength(2);
    expect(inventory(lab)).toEqual({ groups: [], clusters: [] });
    expect(lab.azure.problems()).toEqual([]);
  });
});
