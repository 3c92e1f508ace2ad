import { describe, expect, it } from '@jest/globals';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Node } from '../../../src/kubernetes/api/types.js';
import { type Authority, createAuthority } from '../../support/tls.js';
import { internalAddress } from '../workload/kubelet.js';
import { experimentOf } from './support/chaos.js';
import { oneMember, startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { generousLimits } from './support/limits.js';
import { errorOf, notesOf } from './support/steps.js';
import { useLab } from './support/use-lab.js';

const password = 'of-a-keystore-0001';

/** One cluster like kind, whose members serve TLS with certificates that are made on the spot. */
describe('a deployment with TLS', () => {
  let job: KubeconfigJob;
  let authority: Authority;
  let trusting: { readonly 'tls-ca': string };

  /** Creates a namespace of ours with the Secret of a deployment, as its owner would. */
  const prepare = async (namespace: string, names: readonly string[], days = 30): Promise<void> => {
    const { api } = job.cluster;
    await authority.issue(namespace, { names, days });
    const keystore = await authority.keystore(namespace, password);
    const labels = { 'app.kubernetes.io/managed-by': 'migratorydata-aks' };
    await api.request('POST', '/api/v1/namespaces', { metadata: { name: namespace, labels } });
    await api.request('POST', `/api/v1/namespaces/${namespace}/secrets`, {
      metadata: { name: 'push-tls' },
      data: { keystore: keystore.toString('base64'), password: Buffer.from(password).toString('base64') },
    });
  };
  const deployment = { operation: 'deploy', 'service-type': 'node-port', 'tls-secret': 'push-tls' };

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
    const folder = join(lab.folder, 'authority');
    await mkdir(folder);
    authority = await createAuthority(folder, 'authority of the lab');
    trusting = { 'tls-ca': authority.caFile };
    const { items } = await job.cluster.api.list<Node>('/api/v1/nodes');
    const addresses = items.flatMap(node => internalAddress(node) ?? []).map(address => `IP:${address}`);
    await prepare('migratory', addresses);
    await prepare('expired', addresses, -1);
    await prepare('elsewhere', ['DNS:push.example']);
  });

  it('is deployed, and verified over TLS with its authority', async () => {
    const deployed = await job.pass({ ...deployment, ...trusting, rest: 'true' });
    expect(deployed.main.outputs['url']).toMatch(/^https:\/\/127\.[\d.]+:3\d{4}$/);
    const verified = await job.pass({ ...trusting, operation: 'verify' });
    expect(verified.main.outputs['url']).toMatch(/^https:/);
    expect(notesOf(verified)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Welcome page /),
        expect.stringMatching(/^The certificate of https:.* in (29|30) days\.$/),
        expect.stringMatching(/^A message was accepted /),
      ]),
    );
  });

  it('is not trusted without it', async () => {
    const { main } = await job.fail({ operation: 'verify' });
    expect(main.outputs['error-code']).toBe('tls-untrusted');
    expect(errorOf({ main })).toContain('tls-ca');
  });

  it('is drained, and every message is counted over TLS', async () => {
    const step = await job.pass({
      ...trusting,
      ...generousLimits,
      ...{ operation: 'chaos', experiments: 'drain', hold: '0s', steady: '1s' },
    });
    const { verdict, measurement } = experimentOf(step);
    expect(verdict).toBe('pass');
    expect(measurement?.clients.opened).toBeGreaterThan(0);
    expect(measurement?.messages).toMatchObject({ lost: 0 });
    expect(measurement?.messages?.acked).toBeGreaterThan(0);
  });

  it.each([
    ['expired', 'tls-expired', 'has expired'],
    ['elsewhere', 'tls-wrong-host', 'does not match'],
  ])('with a certificate that is %s has an error of its own', async (namespace, code, reason) => {
    await job.pass({ ...deployment, ...trusting, ...oneMember, namespace });
    const { main } = await job.fail({ ...trusting, operation: 'verify', namespace });
    expect(main.outputs['error-code']).toBe(code);
    expect(errorOf({ main })).toContain(reason);
  });
});
