import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { type Authority, createAuthority } from '../support/tls.js';
import { type Inputs, type Job, startJob } from './support/job.js';
import { shortChaos } from './support/short-chaos.js';

let job: Job;
let authority: Authority;
let server: Server;
let silent: Inputs;
const short = { ...shortChaos, experiments: 'pod-kill' };

beforeAll(async () => {
  job = await startJob();
  const folder = join(job.folder, 'authority');
  await mkdir(folder);
  authority = await createAuthority(folder, 'authority');
  server = createServer({}, socket => {
    const clear = connect(job.front.port, '127.0.0.1');
    socket.pipe(clear).pipe(socket);
    socket.on('error', () => clear.destroy());
    clear.on('error', () => socket.destroy());
  });
  await serve('first', 30);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { provider = '', kubeconfig = '' } = job.onKubeconfig;
  silent = { provider, kubeconfig };
});
afterAll(async () => {
  server.close();
  await job[Symbol.asyncDispose]();
});

/** Lets the members have a new certificate from now on. */
async function serve(name: string, days: number): Promise<void> {
  server.setSecureContext(await authority.issue(name, { names: ['IP:127.0.0.1'], days }));
}

describe('a deployment with TLS', () => {
  const made = (): Inputs => ({
    ...silent,
    operation: 'deploy',
    rest: 'true',
    'tls-secret': 'push-tls',
    'tls-port': String((server.address() as AddressInfo).port),
  });

  it('is refused without an authority that can be read, and nothing changes', async () => {
    const main = await job.run({ ...made(), 'tls-ca': '/proc/none' });
    expect([main.code, main.outputs['error-code']]).toEqual([1, 'invalid-input']);
    expect(main.report.errors[0]?.message).toContain('tls-ca: /proc/none cannot be read');
    expect(main.changes.filter(change => !change.includes('leases'))).toEqual([]);
  });

  it('is verified and measured over TLS, with the given authority', async () => {
    const trusting = { 'tls-ca': authority.caFile };
    const deployed = await job.run({ ...made(), ...trusting });
    expect([deployed.code, deployed.outputs['url']]).toEqual([0, `https://127.0.0.1:${made()['tls-port'] ?? ''}`]);
    const verified = await job.run({ ...silent, ...trusting, operation: 'verify' });
    expect([verified.code, verified.annotations]).toEqual([0, []]);
    expect(verified.report.phases.flatMap(({ notes }) => notes)).toContainEqual(
      expect.stringMatching(/^The certificate of https:.* ends on \d{4}-\d\d-\d\d, in (29|30) days\.$/),
    );
    const broken = await job.run({ ...silent, ...trusting, ...short, operation: 'chaos' });
    expect([broken.code, broken.outputs['verdict']]).toEqual([0, 'pass']);
    expect(broken.report.experiments[0]?.measurement).toMatchObject({
      messages: { lost: 0 },
      clients: { opened: 24, broken: 0 },
    });
  });

  it.each(['verify', 'chaos'])('%s without the authority says so, and breaks nothing', async operation => {
    const main = await job.run({ ...silent, ...short, operation });
    expect([main.code, main.outputs['error-code']]).toEqual([1, 'tls-untrusted']);
    expect(main.outputs['error-hint']).toContain('tls-ca');
    expect(main.changes.filter(change => !change.includes('leases'))).toEqual([]);
  });

  it('warns of a certificate that ends soon, and fails with one that has ended', async () => {
    const inputs = { ...silent, operation: 'verify', 'tls-ca': authority.caFile };
    await serve('soon', 13);
    expect((await job.run(inputs)).report.warnings).toEqual([
      expect.stringMatching(/^The certificate of https:.*, in 1[23] days: store a keystore with a new one/),
    ]);
    await serve('over', -1);
    expect((await job.run(inputs)).outputs['error-code']).toBe('tls-expired');
  });

  it('is not one without TLS, nor one with another keystore', async () => {
    const main = await job.run({ ...silent, operation: 'verify', 'tls-secret': 'other' });
    expect([main.code, main.outputs['error-code']]).toEqual([1, 'deployment-differs']);
    expect(main.report.errors[0]?.message).toContain('tls-secret is push-tls and not other');
  });
});
