import { describe, expect, it } from '@jest/globals';
import { type AzureSession, existingLogin, ownLogin } from '../../../../src/azure/cli/login.js';
import { updateAuthorizedRanges } from '../../../../src/azure/cluster/cluster-commands.js';
import { readCluster } from '../../../../src/azure/cluster/cluster-requests.js';
import { parseCluster } from '../../../../src/azure/cluster/cluster.js';
import { restartMachine } from '../../../../src/azure/machines/machine-requests.js';
import { toActionError } from '../../../../src/errors/action-error.js';
import { fakePorts } from '../../fakes.js';
import { clusterJson, fails, labWith, machine, prints, ref, refused, rejection } from '../fixtures.js';
import { ScriptedAzure } from '../scripted-azure.js';

const expired = refused(401, 'ExpiredAuthenticationToken', 'The access token expiry is earlier than the current time.');
const claims = 'eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZX19fQ==';
const challenge = refused(401, 'InvalidAuthenticationToken', 'Continuous access evaluation resulted in a challenge.', {
  'www-authenticate': `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common", error="insufficient_claims", claims="${claims}"`,
});
const cluster = prints(clusterJson());

const current = '/private/login/current';
const folderForm = /^\/private\/login\/[\w-]{36}$/;

/** A login of the action; `logins` has the folder of each login. */
function own(): { readonly session: AzureSession; readonly logins: string[] } {
  const runner = new ScriptedAzure().on('az login', prints([]));
  const session = ownLogin(fakePorts({ runner }), { clientId: 'app-1', tenantId: 'tenant-1' }, '/private/login');
  const run = runner.run.bind(runner);
  const logins: string[] = [];
  runner.run = (command, signal) => {
    logins.push(command.env?.['AZURE_CONFIG_DIR'] ?? '');
    return run(command, signal);
  };
  return { session, logins };
}

function tokensSent(runner: ScriptedAzure): readonly (string | undefined)[] {
  return runner.requests.map(({ headers }) => headers['authorization']);
}

/** The folders of the login that az used for a token. */
function foldersUsed(runner: ScriptedAzure): readonly (string | undefined)[] {
  return runner.tokenCommands.map(({ env }) => env?.['AZURE_CONFIG_DIR']);
}

describe('a refused token (401)', () => {
  it('is replaced once by another one of the same login of an earlier step', async () => {
    const { azure, runner, log } = labWith(script => script.on('GET managedClusters/', expired, cluster));
    expect(await azure.read(readCluster(ref), parseCluster)).toMatchObject({ name: 'aks-shop' });
    expect(tokensSent(runner)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(log.lines.join('\n')).not.toContain('renewed');
  });

  it('is an error if Azure refuses the second one of an earlier step too', async () => {
    const { azure, runner } = labWith(script => script.on('GET managedClusters/', expired));
    expect(await rejection(azure.run(readCluster(ref)))).toMatchObject({ code: 'azure-not-logged-in' });
    expect(runner.requests).toHaveLength(2);
  });

  it('renews the login of the action, also for a request that is not repeated after other errors', async () => {
    const { session, logins } = own();
    const { azure, runner, log } = labWith(script => script.on('POST ', expired, { status: 200 }), session);
    await azure.complete(restartMachine(machine));
    // az would return the refused token again in the same folder.
    expect(logins).toEqual([expect.stringMatching(folderForm), expect.stringMatching(folderForm)]);
    expect(tokensSent(runner)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(log.lines).toContain('Azure no longer accepted the login, so it was renewed.');
  });

  it('of az starts anew in another folder, because az keeps its token until it expires', async () => {
    const { session, logins } = own();
    const refusal = fails('(ExpiredAuthenticationToken) The access token expiry is earlier than the current time.');
    const { azure, runner } = labWith(script => script.on('aks update', refusal, {}), session);
    await azure.run(updateAuthorizedRanges(ref, { authorizedRanges: [], tags: {} }, { wait: true, etag: '' }));
    expect(logins).toEqual([expect.stringMatching(folderForm), expect.stringMatching(folderForm)]);
    expect(new Set(logins).size).toBe(2);
    expect(runner.commands.map(({ env }) => env?.['AZURE_CONFIG_DIR'])).toEqual([current, current]);
  });

  it('is not used by a request that starts while the login is renewed', async () => {
    let other: Promise<unknown> = Promise.resolve();
    const session = {
      ...existingLogin(),
      renew: async () => {
        other = azure.run(readCluster({ ...ref, clusterName: 'other' }));
        await new Promise(setImmediate);
        return true;
      },
    };
    const { azure, runner } = labWith(
      script => script.on('GET managedClusters/other', cluster).on('GET managedClusters/', expired, cluster),
      session,
    );
    await azure.run(readCluster(ref));
    await other;
    expect(tokensSent(runner)).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  });
});

describe('a claims challenge (401 with claims)', () => {
  it('starts the login of the action anew, because az keeps the refused token in its folder', async () => {
    const { session, logins } = own();
    const { azure, runner } = labWith(script => script.on('GET managedClusters/', challenge, cluster), session);
    await azure.run(readCluster(ref));
    expect(logins).toEqual([expect.stringMatching(folderForm), expect.stringMatching(folderForm)]);
    expect(new Set(logins).size).toBe(2);
    expect(foldersUsed(runner)).toEqual([current, current]);
    expect(tokensSent(runner)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('starts one new login for requests at the same time', async () => {
    const { session, logins } = own();
    const { azure } = labWith(script => script.on('GET managedClusters/', challenge, challenge, cluster), session);
    await Promise.all([azure.run(readCluster(ref)), azure.run(readCluster(ref))]);
    expect(logins).toHaveLength(2);
  });

  it('is an error for a login of an earlier step, with the az command that satisfies it', async () => {
    const { azure, runner } = labWith(script => script.on('GET managedClusters/', challenge));
    expect(await rejection(azure.run(readCluster(ref)))).toMatchObject({
      code: 'azure-claims-challenge',
      hint: `Log in again right before this step; for a user, run \`az login --claims-challenge ${claims}\`. Or set client-id and tenant-id, so that the action logs in itself.`,
    });
    expect(runner.requests).toHaveLength(1);
  });

  it('shows no claims that are not base64', async () => {
    const headers = { 'www-authenticate': 'Bearer error="insufficient_claims", claims="$(reboot)"' };
    const odd = refused(401, 'InvalidAuthenticationToken', 'no', headers);
    const { azure } = labWith(script => script.on('GET managedClusters/', odd));
    expect(await rejection(azure.run(readCluster(ref)))).toMatchObject({ code: 'azure-not-logged-in' });
  });
});

describe('the token', () => {
  it('is masked, and is in no log line, record or error', async () => {
    const { azure, log, calls } = labWith(script => script.on('GET managedClusters/', refused(400, 'BadRequest')));
    const { message, evidence, hint } = toActionError(await rejection(azure.run(readCluster(ref))));
    expect(log.masked).toEqual(['token-1']);
    expect([message, evidence, hint, log.lines.join(), JSON.stringify(calls)].join()).not.toContain('token-1');
  });

  it.each([
    ['{"accessToken":"secret-token","tenant":"tenant-1"}', 'has an unexpected format'],
    ['{"accessToken":"secret-token","expires_on":1800000000}', 'has an unexpected format'],
    ['secret-token', 'is not JSON'],
    ['', 'is empty'],
  ])('is in no error about the output of az: %s', async (stdout, fault) => {
    const { azure } = labWith(script => script.on('az account get-access-token', { stdout }));
    const error = toActionError(await rejection(azure.run(readCluster(ref))));
    expect(error).toMatchObject({
      code: 'command-failed',
      message: `Could not get a token of the login: the output of az ${fault}.`,
    });
    expect([error.message, error.evidence, String(error.cause)].join()).not.toContain('secret');
  });

  it('is not sent to an endpoint without https', async () => {
    const { azure, runner } = labWith(script =>
      script.on('az cloud show', prints({ endpoints: { resourceManager: 'http://management.azure.com' } })),
    );
    expect(await rejection(azure.run(readCluster(ref)))).toMatchObject({ code: 'command-failed' });
    expect(runner.requests).toEqual([]);
  });

  it('is shared by the clients with another signal', async () => {
    const { azure, runner } = labWith(script => script.on('GET managedClusters/', cluster));
    await azure.run(readCluster(ref));
    await azure.withSignal(new AbortController().signal).run(readCluster(ref));
    expect([runner.tokens, runner.endpoints]).toEqual([1, 1]);
  });
});
