import { beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runAction } from '../support/action-runner.js';
import { type Job, type Main, startJob } from './support/job.js';

/** Expects one error annotation, whose title is the code and whose message says what was found. */
function expectError(main: Main, code: string, message: string): void {
  const errors = main.annotations.filter(({ level }) => level === 'error');
  expect(errors).toEqual([{ level: 'error', title: code, message: expect.stringContaining(message) }]);
  expect([main.code, main.outputs['outcome'], main.outputs['error-code']]).toEqual([1, 'failure', code]);
  expect(main.report.errors.map(error => error.code)).toEqual([code]);
}

const preflight = (job: Job): Promise<Main> => job.run({ ...job.onAks, operation: 'preflight' });
const verify = (job: Job): Promise<Main> => job.run({ ...job.onKubeconfig, operation: 'verify' });

/** The step waits half a minute for its API server, so it runs beside the other tests. */
let unreachable: Promise<Main>;
beforeAll(() => {
  const run = async (): Promise<Main> => {
    await using job = await startJob();
    job.kubernetes.beUnreachable(502, 'dial tcp 10.0.0.1:443: connect: connection refused\n');
    return await verify(job);
  };
  unreachable = run();
  // Its test fails with the reason.
  unreachable.catch(() => undefined);
});

describe('a runner', () => {
  it('without az', async () => {
    await using job = await startJob({ tools: ['kubectl'] });
    expectError(await preflight(job), 'tool-missing', 'The program "az" is not on the PATH of this runner.');
  });

  it('with an az that is too old', async () => {
    await using job = await startJob();
    job.programs.on('az version', { stdout: '{"azure-cli":"2.50.0"}' });
    expectError(await preflight(job), 'tool-too-old', 'az is version 2.50.0; this action needs 2.69.0 or newer.');
  });

  it('that is not logged in', async () => {
    await using job = await startJob();
    job.programs.on('account get-access-token', {
      code: 1,
      stderr: "ERROR: Please run 'az login' to setup account.\n",
    });
    expectError(await preflight(job), 'azure-not-logged-in', "Please run 'az login' to setup account.");
  });

  it('whose login of an earlier step ends before the plan', async () => {
    await using job = await startJob();
    const user = { type: 'servicePrincipal', name: crypto.randomUUID() };
    job.programs.on('account show', { stdout: JSON.stringify({ user }) });
    const main = await job.run({ ...job.onAks, operation: 'e2e' });
    expectError(main, 'azure-not-logged-in', 'minutes and cannot be renewed');
  });

  it('whose login of an earlier step ends before what follows a preflight', async () => {
    await using job = await startJob();
    const user = { type: 'servicePrincipal', name: crypto.randomUUID() };
    job.programs.on('account show', { stdout: JSON.stringify({ user }) });
    const inputs = { ...job.onAks, operation: 'preflight', timeout: '90m' };
    expect((await job.run(inputs)).code).toBe(0);
    expectError(
      await job.run({ ...inputs, teardown: 'always' }),
      'azure-not-logged-in',
      'The plan may take 90 minutes and ends with a deletion',
    );
  });

  it('that cannot start az, or whose az prints more than JSON', async () => {
    await using job = await startJob();
    job.programs.on('az version', { stdout: 'Bicep CLI is already installed.\n{"azure-cli":"2.90.0"}' });
    expectError(await preflight(job), 'command-failed', 'the output of az is not JSON; it begins with "Bicep CLI is');
    await writeFile(join(job.environment['PATH'] ?? '', 'az'), '#!/nonexistent/python\n');
    expectError(await preflight(job), 'command-failed', 'could not be started');
  });

  it('that cannot write the reports and the manifests', async () => {
    await using job = await startJob();
    for (const folder of [join(job.kubeconfig, 'reports'), '/proc/nope']) {
      const { annotations, outputs } = await runAction({
        inputs: { operation: 'render', 'report-directory': folder },
        env: job.environment,
      });
      expect(outputs['error-code']).toBe('file-unwritable');
      const about = annotations.filter(({ message }) => message.includes(folder));
      expect(about.map(({ level, message }) => [level, message])).toEqual([
        ['warning', expect.stringContaining(`The reports in ${folder} are incomplete`)],
        ['error', expect.stringContaining(`${folder}/manifests/`)],
      ]);
    }
  });

  it('whose step ends before its work', async () => {
    await using job = await startJob();
    job.programs.on('account get-access-token', { hang: true });
    const main = await job.run({ ...job.onAks, operation: 'teardown', timeout: '1s' });
    const errors = main.annotations.filter(({ level }) => level === 'error');
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('The step did not end within its timeout of 1.0s.'),
    ]);
  });

  it('that may not request a token from GitHub', async () => {
    await using job = await startJob();
    const login = { 'client-id': crypto.randomUUID(), 'tenant-id': crypto.randomUUID() };
    const inputs = { ...login, 'subscription-id': crypto.randomUUID(), operation: 'create' };
    expectError(await job.run(inputs), 'azure-oidc-unavailable', 'this job may not request a token from GitHub');
  });

  it('without kubectl', async () => {
    await using job = await startJob({ tools: ['az'] });
    expectError(await verify(job), 'tool-missing', 'The program "kubectl" is not on the PATH of this runner.');
  });

  it('with a kubectl that is too old', async () => {
    await using job = await startJob();
    const clientVersion = { major: '1', minor: '21', gitVersion: 'v1.21.0' };
    job.programs.on('kubectl version', { stdout: JSON.stringify({ clientVersion }) });
    const main = await job.run({ ...job.onKubeconfig, operation: 'preflight' });
    expectError(main, 'tool-too-old', 'kubectl is v1.21.0, but at least v1.27 is required.');
  });
});

describe('a kubeconfig', () => {
  it.each([
    ['that is not there', 'error: stat /nowhere: no such file or directory'],
    ['without the context', 'error: context "prod" does not exist'],
    ['with a token that is not there', 'error: open /nonexistent/token: no such file or directory'],
    [
      'that is no YAML',
      'error: error loading config file "/some/file": yaml: line 1: did not find expected node content',
    ],
  ])('%s', async (_, stderr) => {
    await using job = await startJob();
    job.programs.on('kubectl proxy', { code: 1, stderr: `${stderr}\n` });
    expectError(await verify(job), 'kubeconfig-invalid', stderr.replace('error: ', ''));
  });

  it('whose credential plugin waits for somebody to log in', async () => {
    await using job = await startJob();
    const prompt = 'To sign in, open https://microsoft.com/devicelogin and enter the code ABCD1234.';
    job.programs.on('kubectl proxy', { stderr: `${prompt}\n`, hang: true });
    const running = await job.start({
      inputs: { ...job.onKubeconfig, operation: 'verify' },
      onOutput: text => {
        if (text.includes(`kubectl: ${prompt}`)) running.cancel();
      },
    });
    expect((await running.ended).outputs['error-code']).toBe('cancelled');
  });

  it('that has no cluster', async () => {
    await using job = await startJob();
    job.kubernetes.beUnreachable(502, 'dial tcp 127.0.0.1:8080: connect: connection refused\n');
    expectError(await verify(job), 'kubeconfig-invalid', 'has no cluster');
  });
});

describe('an API server', () => {
  it('that cannot be reached', async () => {
    const main = await unreachable;
    expectError(main, 'api-unreachable', 'dial tcp 10.0.0.1:443: connect: connection refused');
    expect(main.outputs['error-transient']).toBe('true');
  });

  it('that forbids reads', async () => {
    await using job = await startJob();
    const message = 'statefulsets.apps "migratorydata" is forbidden: User "shop" cannot get resource "statefulsets"';
    job.kubernetes.refuse({ path: '/statefulsets', status: 403, reason: 'Forbidden', message });
    expectError(await verify(job), 'api-forbidden', message);
  });

  it('that forbids writes', async () => {
    await using job = await startJob();
    const message = 'statefulsets.apps "migratorydata" is forbidden: User "shop" cannot patch resource "statefulsets"';
    job.kubernetes.refuse({ method: 'PATCH', path: '/statefulsets', status: 403, reason: 'Forbidden', message });
    const main = await job.run({ ...job.onKubeconfig, operation: 'deploy' });
    expectError(main, 'api-forbidden', message);
  });

  it('that rejects the credentials', async () => {
    await using job = await startJob();
    job.kubernetes.refuse({ path: '/', status: 401, reason: 'Unauthorized', message: 'Unauthorized' });
    expectError(await verify(job), 'api-unauthorized', 'Unauthorized');
  });
});
