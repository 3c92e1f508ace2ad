import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { stringify } from 'yaml';
import { existingLogin, type AzureSession } from '../../../../src/azure/cli/login.js';
import { type Credentials, fetchCredentials, signInOf } from '../../../../src/azure/cluster/credentials.js';
import { ActionError } from '../../../../src/errors/action-error.js';
import type { Runner } from '../../../../src/runtime/ports.js';
import { MemoryFiles, type ScriptedRunner } from '../../fakes.js';
import { fails, labWith, prints, ref, rejection } from '../fixtures.js';

const file = '/private/kube/config';
const withCertificate = stringify({ users: [{ name: 'u', user: { 'client-certificate-data': 'x' } }] });
const withEntra = stringify({
  users: [{ name: 'u', user: { exec: { command: 'kubelogin', args: ['get-token', '--login', 'devicecode'] } } }],
});
const own: AzureSession = {
  ...existingLogin(),
  env: { AZURE_CONFIG_DIR: '/private/login/current' },
  folder: '/private/login',
};

interface Setup {
  readonly fetch: (mode: 'auto' | 'user' | 'admin' | 'kubelogin') => Promise<Credentials>;
  readonly runner: ScriptedRunner;
  readonly files: MemoryFiles;
  readonly freshened: string[];
}

/** A cluster with the given kubeconfig. */
function setup(kubeconfig: string, session: AzureSession = own, kubelogin?: () => never): Setup {
  const freshened: string[] = [];
  const watched = {
    ...session,
    alsoFor: (resource: string) => void freshened.push(`also for ${resource}`),
    renewIfOld: () => Promise.resolve(void freshened.push('freshened')),
  };
  const answer = prints({ kubeconfigs: [{ name: 'k', value: Buffer.from(kubeconfig).toString('base64') }] });
  const { azure, runner } = labWith(script => script.on('Credential', answer).on('kubelogin', {}), watched);
  const files = new MemoryFiles();
  const writing: Runner = {
    start: command => runner.start(command),
    run: (command, signal) => (command.tool === 'kubelogin' && kubelogin ? kubelogin() : runner.run(command, signal)),
  };
  return {
    fetch: mode => fetchCredentials(azure, { runner: writing, files }, ref, mode, file),
    runner,
    files,
    freshened,
  };
}

describe('fetchCredentials', () => {
  it('uses user credentials with a certificate unchanged, with one request', async () => {
    const { fetch, runner, files } = setup(withCertificate);
    expect(await fetch('auto')).toEqual({ kubeconfig: file, needsLogin: false });
    expect(runner.lines()).toEqual(['POST aks-shop/listClusterUserCredential']);
    expect(await files.readText(file)).toBe(withCertificate);
  });

  it('shows nothing of an answer that it does not understand', async () => {
    const { azure, runner } = labWith(script => script.on('Credential', prints({ kubeconfig: 'secret-0001' })));
    const attempt = fetchCredentials(azure, { runner, files: new MemoryFiles() }, ref, 'auto', file);
    const error = await rejection(attempt);
    expect(error).toMatchObject({ code: 'command-failed', evidence: '' });
    expect(inspect(error)).not.toContain('secret-0001');
  });

  it('shows nothing of a kubeconfig that is not YAML', async () => {
    const { fetch } = setup('users:\n- token: s3cr3t-0001: x\n');
    const error = await rejection(fetch('auto'));
    expect(error).toMatchObject({
      code: 'command-failed',
      message:
        'The kubeconfig that Azure has returned cannot be read: line 2, column 10 is not valid YAML (block as implicit key).',
    });
    expect(inspect(error)).not.toContain('s3cr3t');
  });

  it('converts the kubeconfig of an Entra cluster to the login of az, and renews the login before', async () => {
    const { fetch, runner, freshened } = setup(withEntra);
    expect(await fetch('auto')).toEqual({ kubeconfig: file, needsLogin: true });
    expect(runner.lines()[1]).toBe(
      `kubelogin convert-kubeconfig --login azurecli --kubeconfig ${file} --azure-config-dir /private/login/current`,
    );
    expect(freshened).toEqual(['also for 6dae42f8-4368-4678-94ff-3960e28e3630', 'freshened']);
  });

  it('omits the folder if the login is that of an earlier step', async () => {
    const { fetch, runner } = setup(withEntra, existingLogin());
    await fetch('kubelogin');
    expect(runner.lines()[1]).not.toContain('--azure-config-dir');
  });

  it('uses the local account if requested', async () => {
    const { fetch, runner } = setup(withCertificate);
    await fetch('admin');
    expect(runner.lines()).toEqual(['POST aks-shop/listClusterAdminCredential']);
  });

  it('fails instead of waiting for a device code', async () => {
    expect(await rejection(setup(withEntra).fetch('user'))).toMatchObject({ code: 'local-accounts-disabled' });
  });

  it('reports a missing kubelogin', async () => {
    const { fetch } = setup(withEntra, own, () => {
      throw new ActionError('tool-missing', 'kubelogin');
    });
    expect(await rejection(fetch('auto'))).toMatchObject({ code: 'kubelogin-missing' });
  });

  it('reports disabled local accounts', async () => {
    const refusal = fails(
      "Getting static credential isn't allowed because this cluster is set to disable local accounts.",
    );
    const { azure, runner } = labWith(script => script.on('Credential', refusal));
    const attempt = fetchCredentials(azure, { runner, files: new MemoryFiles() }, ref, 'admin', file);
    expect(await rejection(attempt)).toMatchObject({ code: 'local-accounts-disabled' });
  });
});

describe('signInOf', () => {
  it.each([
    [withCertificate, 'static'],
    [withEntra, 'entra'],
    [stringify({ users: [{ user: { 'auth-provider': { name: 'azure' } } }] }), 'entra'],
    [stringify({ users: [{ user: { exec: { command: 'aws' } } }] }), 'static'],
    ['', 'static'],
  ])('returns how users sign in (%#)', (kubeconfig, signIn) => {
    expect(signInOf(kubeconfig)).toBe(signIn);
  });
});
