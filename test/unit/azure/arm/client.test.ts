import { describe, expect, it } from '@jest/globals';
import { showVersion } from '../../../../src/azure/cli/az-commands.js';
import { existingLogin } from '../../../../src/azure/cli/login.js';
import { readCluster } from '../../../../src/azure/cluster/cluster-requests.js';
import { parseCluster } from '../../../../src/azure/cluster/cluster.js';
import { checkAzVersion, compareVersions } from '../../../../src/azure/preflight/az-version.js';
import { absent, clusterJson, fails, labWith, prints, ref, rejection } from '../fixtures.js';

const throttled = fails('(Throttled) limit, please retry again in 7 seconds');

describe('createAzure', () => {
  it('retries after the pause that Azure requests, and returns the output', async () => {
    const { azure, runner, clock } = labWith(script =>
      script.on('GET managedClusters/', throttled, throttled, prints(clusterJson())),
    );
    const cluster = await azure.read(readCluster(ref), parseCluster);
    expect(cluster.kubernetesVersion).toBe('1.35.4');
    expect(runner.requests).toHaveLength(3);
    expect(clock.now()).toBe(14_000);
  });

  it('returns undefined for a missing resource, and throws for one that the login may not read', async () => {
    const { azure } = labWith(script => script.on('GET managedClusters/', absent, fails('(AuthorizationFailed) no')));
    expect(await azure.find(readCluster(ref), parseCluster)).toBeUndefined();
    expect(await rejection(azure.find(readCluster(ref), parseCluster))).toMatchObject({ code: 'azure-forbidden' });
  });

  it.each([['not JSON'], ['{"name":"aks-shop"}'], ['']])('does not accept "%s" as a cluster', async stdout => {
    const { azure } = labWith(script => script.on('GET managedClusters/', { stdout }));
    expect(await rejection(azure.read(readCluster(ref), parseCluster))).toMatchObject({ code: 'command-failed' });
  });

  it('passes the environment of the session to every process', async () => {
    const session = { ...existingLogin(), env: { AZURE_CONFIG_DIR: '/private' } };
    const { azure, runner } = labWith(script => script.on('az version', prints({})), session);
    await azure.run(showVersion());
    expect(runner.commands[0]?.env).toEqual({ AZURE_CONFIG_DIR: '/private' });
  });

  it('logs in again once when the login has expired, and retries the command', async () => {
    const expired = fails('AADSTS700024: Client assertion is not within its valid time range.');
    let logins = 0;
    const renew = (): Promise<boolean> => {
      logins += 1;
      return Promise.resolve(true);
    };
    const session = { ...existingLogin(), renew };
    const recovered = labWith(script => script.on('GET managedClusters/', expired, prints(clusterJson())), session);
    expect(await recovered.azure.read(readCluster(ref), parseCluster)).toMatchObject({ name: 'aks-shop' });
    expect(logins).toBe(1);
    const stillExpired = labWith(script => script.on('GET managedClusters/', expired), session);
    expect(await rejection(stillExpired.azure.run(readCluster(ref)))).toMatchObject({
      code: 'azure-assertion-expired',
    });
    expect([logins, stillExpired.runner.requests.length]).toEqual([2, 2]);
  });

  it('cannot renew the login of an earlier step', async () => {
    const expired = fails('AADSTS700024: Client assertion is not within its valid time range.');
    const { azure, runner } = labWith(script => script.on('GET managedClusters/', expired));
    expect(await rejection(azure.run(readCluster(ref)))).toMatchObject({ code: 'azure-assertion-expired' });
    expect(runner.requests).toHaveLength(1);
  });

  it('stops retrying when the run is cancelled', async () => {
    const cancel = new AbortController();
    const ensure = (): Promise<void> => {
      cancel.abort(new Error('cancelled'));
      return Promise.resolve();
    };
    const session = { ...existingLogin(), ensure };
    const { azure } = labWith(script => script.on('GET managedClusters/', throttled), session, cancel.signal);
    expect(await rejection(azure.run(readCluster(ref)))).toMatchObject({ message: 'cancelled' });
  });
});

describe('checkAzVersion', () => {
  it.each([
    ['2.69.0', '2.69.0', 0],
    ['2.100.0', '2.69.0', 1],
    ['2.9.1', '2.69.0', -1],
    ['2.70.0b1', '2.69.0', 1],
  ])('compares %s with %s numerically', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });

  it('reports the found and the required version', async () => {
    const { azure } = labWith(script => script.on('az version', prints({ 'azure-cli': '2.45.0' })));
    expect(await rejection(checkAzVersion(azure))).toMatchObject({
      code: 'tool-too-old',
      message: 'az is version 2.45.0; this action needs 2.69.0 or newer.',
    });
  });
});
