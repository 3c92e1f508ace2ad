import { describe, expect, it } from '@jest/globals';
import {
  existingLogin,
  keepLoggedIn,
  openSession,
  ownLogin,
  readClaims,
  type AzureSession,
} from '../../../../src/azure/cli/login.js';
import type { Identity } from '../../../../src/runtime/ports.js';
import {
  fakePorts,
  FixedIdentity,
  ManualClock,
  MemoryFiles,
  RecordingLog,
  ScriptedRunner,
  someRun,
} from '../../fakes.js';
import { fails, prints, rejection } from '../fixtures.js';

const login = { clientId: 'app-1', tenantId: 'tenant-1' };
/** The link to the folder of the last login. */
const current = '/private/login/current';
const folderForm = /^\/private\/login\/[\w-]{36}$/;
const { signal } = new AbortController();
const claims = Buffer.from(JSON.stringify({ sub: 'repo:acme/shop:ref:refs/heads/main', iss: 'https://gh' }));
const assertion = `header.${claims.toString('base64url')}.signature`;

function lab(
  identity: Identity = new FixedIdentity(),
  ...answers: Parameters<ScriptedRunner['on']>[1][]
): { session: AzureSession; runner: ScriptedRunner; clock: ManualClock; log: RecordingLog; files: MemoryFiles } {
  const [runner, clock, log, files] = [new ScriptedRunner(), new ManualClock(), new RecordingLog(), new MemoryFiles()];
  runner.on('az login', ...(answers.length === 0 ? [prints([])] : answers));
  const session = ownLogin(fakePorts({ runner, clock, log, identity, files }), login, '/private/login');
  return { session, runner, clock, log, files };
}

describe('ownLogin', () => {
  it('does not fail a client that waits for the login when another one is cancelled', async () => {
    const { session, runner } = lab();
    const cancel = new AbortController();
    const cancelled = session.ensure(cancel.signal);
    const other = session.ensure(signal);
    cancel.abort(new Error('cancelled'));
    expect(await rejection(cancelled)).toMatchObject({ message: 'cancelled' });
    await other;
    expect(runner.commands).toHaveLength(1);
  });

  it('moves the link that running processes use only when a new folder has a login, once for all that ask', async () => {
    const { session, runner, files } = lab();
    await session.ensure(signal);
    const first = files.links.get(current);
    session.alsoFor('aks');
    runner.on('az account get-access-token --resource aks', prints('2026-01-01 01:00:00'));
    const both = [session.renew(signal), session.renew(signal)];
    expect(await Promise.all(both)).toEqual([true, true]);
    const second = files.links.get(current);
    expect([first, second]).toEqual([expect.stringMatching(folderForm), expect.stringMatching(folderForm)]);
    expect(second).not.toBe(first);
    const folders = runner.commands.map(({ env }) => env?.['AZURE_CONFIG_DIR']);
    expect(folders).toEqual([first, second, second]);
    expect(session.env['AZURE_CONFIG_DIR']).toBe(current);
  });

  it('keeps the former login when a new one lacks a token, and tries again', async () => {
    const { session, runner, files } = lab();
    await session.ensure(signal);
    const first = files.links.get(current);
    session.alsoFor('aks');
    runner.on('az account get-access-token', fails('Connection aborted.'), prints('2026-01-01 01:00:00'));
    expect(await rejection(session.renew(signal))).toMatchObject({ code: 'azure-unavailable' });
    expect(files.links.get(current)).toBe(first);
    await session.renew(signal);
    expect(files.links.get(current)).not.toBe(first);
  });

  it('logs in once, before the first az, with the assertion on standard input and a private folder', async () => {
    const { session, runner, log } = lab();
    await session.ensure(signal);
    await session.ensure(signal);
    expect(runner.commands).toHaveLength(1);
    expect(runner.commands[0]).toMatchObject({
      ...{ stdin: 'assertion', env: { AZURE_CONFIG_DIR: expect.stringMatching(folderForm) } },
    });
    expect(runner.lines()[0]).not.toContain('assertion');
    expect(log.masked).toEqual(['assertion']);
  });

  it.each([
    ['', 'api://AzureADTokenExchange'],
    ['AzureCloud', 'api://AzureADTokenExchange'],
    ['AzureUSGovernment', 'api://AzureADTokenExchangeUSGov'],
    ['AzureChinaCloud', 'api://AzureADTokenExchangeChina'],
  ])('requests an assertion for the audience of cloud "%s"', async (azureCloud, audience) => {
    const asked: string[] = [];
    const identity = {
      available: true,
      token: (of: string): Promise<string> => {
        asked.push(of);
        return Promise.resolve(assertion);
      },
    };
    const runner = new ScriptedRunner().on('az login', prints([]));
    const ports = fakePorts({ runner, identity, run: { ...someRun, azureCloud } });
    await ownLogin(ports, login, '/private/login').ensure(signal);
    expect(asked).toEqual([audience]);
  });

  it('renews the login when less than ten of its sixty minutes are left', async () => {
    const { session, runner, clock } = lab();
    await session.ensure(signal);
    clock.advance(50 * 60_000);
    await session.ensure(signal);
    expect(runner.commands).toHaveLength(1);
    clock.advance(1);
    await session.ensure(signal);
    expect(runner.commands).toHaveLength(2);
  });

  it('renews the login before a long operation unless it is only a few minutes old', async () => {
    const { session, runner, clock } = lab();
    await session.renewIfOld(signal);
    clock.advance(4 * 60_000);
    await session.renewIfOld(signal);
    expect(runner.commands).toHaveLength(1);
    clock.advance(2 * 60_000);
    await session.renewIfOld(signal);
    expect(runner.commands).toHaveLength(2);
  });

  it('renews the login immediately when Azure no longer accepts it, regardless of its age', async () => {
    const { session, runner } = lab();
    await session.ensure(signal);
    expect(await session.renew(signal)).toBe(true);
    expect(runner.commands).toHaveLength(2);
  });

  it('logs in once for concurrent processes', async () => {
    const { session, runner } = lab();
    await Promise.all([session.ensure(signal), session.ensure(signal)]);
    expect(runner.commands).toHaveLength(1);
  });

  it('reports the presented subject when no federated credential matches', async () => {
    const identity = { available: true, token: () => Promise.resolve(assertion) };
    const { session } = lab(identity, fails('AADSTS700213: No matching federated identity record found'));
    const error = await rejection(session.ensure(signal));
    expect(error).toMatchObject({ code: 'azure-federation-mismatch' });
    expect((error as Error).message).toContain('subject "repo:acme/shop:ref:refs/heads/main" of issuer "https://gh"');
  });

  it('requests a new assertion when the first one expired', async () => {
    const tokens = ['first', 'second'];
    const identity = { available: true, token: () => Promise.resolve(tokens.shift() ?? '') };
    const { session, runner } = lab(identity, fails('AADSTS700024: Client assertion is not within'), prints([]));
    await session.ensure(signal);
    expect(runner.commands.map(({ stdin }) => stdin)).toEqual(['first', 'second']);
  });

  it('requires the permission to request a token, and requests nothing without it', async () => {
    const { session, runner } = lab({ available: false, token: () => Promise.resolve('') });
    expect(await rejection(session.ensure(signal))).toMatchObject({ code: 'azure-oidc-unavailable' });
    expect(runner.commands).toHaveLength(0);
  });

  it('can be retried after a failure', async () => {
    const { session, runner } = lab(new FixedIdentity(), fails('AADSTS7000215: Invalid client'), prints([]));
    expect(await rejection(session.ensure(signal))).toMatchObject({ code: 'azure-not-logged-in' });
    await session.ensure(signal);
    expect(runner.commands).toHaveLength(2);
  });
});

describe('openSession', () => {
  it('uses the login of an earlier step unchanged', async () => {
    const runner = new ScriptedRunner();
    const session = openSession(fakePorts({ runner }), undefined);
    await session.renewIfOld(signal);
    expect(await session.renew(signal)).toBe(false);
    expect(runner.commands).toHaveLength(0);
    expect(session.folder).toBeUndefined();
    expect(session.env).not.toHaveProperty('AZURE_CONFIG_DIR');
  });

  it('keeps its own login in the private folder of the job', () => {
    expect(openSession(fakePorts(), login).folder).toBe('/tmp/runner/migratorydata-aks-login');
  });
});

describe('keepLoggedIn', () => {
  it('renews the login every forty minutes until it is stopped, and soon again after a failure', async () => {
    const stop = new AbortController();
    const clock = new ManualClock();
    const times: number[] = [];
    const renewIfOld = (): Promise<void> => {
      times.push(clock.now() / 60_000);
      if (times.length === 4) stop.abort(new Error('done'));
      return times.length === 2 ? Promise.reject(new Error('lost')) : Promise.resolve();
    };
    const session = { ...existingLogin(), renewIfOld };
    expect(await rejection(keepLoggedIn(session, clock, stop.signal))).toMatchObject({ message: 'done' });
    expect(times).toEqual([40, 80, 85, 125]);
  });
});

describe('readClaims', () => {
  it('does not fail for an invalid token', () => {
    expect(readClaims('nonsense').subject).toBe('(unreadable)');
  });
});
