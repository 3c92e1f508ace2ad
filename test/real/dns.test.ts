import { describe, expect, it } from '@jest/globals';

import { isReady } from '../../src/kubernetes/pods.js';
import type { Pod } from '../../src/kubernetes/api/types.js';
import { imagesOf, uidsOf } from '../lab/scenarios/support/objects.js';
import { errorOf, type Inputs, notesOf } from '../lab/scenarios/support/steps.js';
import { waitForObjects } from '../lab/wait.js';
import { type RealJob, useRealCluster } from './support/use-real-cluster.js';

const namespace = 'migratory';
const newer = 'migratorydata/server:6.0.25';
const dnsPods = '/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns';
const pods = `/api/v1/namespaces/${namespace}/pods`;

/** Members find each other by names. A name of a new one is not known for some seconds, or the DNS server is away. */
describe('the names of members on real nodes', () => {
  let job: RealJob;

  const deployment = (inputs: Inputs = {}): Inputs => ({
    ...{ operation: 'deploy', rest: 'true', 'memory-request': '64Mi', 'cpu-request': '100m' },
    ...inputs,
  });
  const delivered = (notes: readonly string[]): number =>
    notes.filter(note => /A message was accepted/.test(note)).length;
  /** Resolves when so many DNS servers are Ready, and no other is left. */
  const setDnsServers = async (replicas: number): Promise<void> => {
    await job.cluster.api.patch('/apis/apps/v1/namespaces/kube-system/deployments/coredns', { spec: { replicas } });
    await waitForObjects<Pod>(job.cluster.api, dnsPods, found => found.length === replicas && found.every(isReady));
  };
  /** Sets how long a DNS server repeats that it does not know a name. */
  const cacheDenials = async (seconds: number): Promise<void> => {
    const path = '/api/v1/namespaces/kube-system/configmaps/coredns';
    const { data } = await job.cluster.api.request<{
      readonly metadata: { readonly name: string };
      readonly data: { readonly Corefile: string };
    }>('GET', path);
    const Corefile = data.Corefile.replace(/cache 5$/m, `cache 5 {\n denial 100 ${seconds} ${seconds}\n }`).replace(
      'ttl 5',
      `ttl ${seconds}`,
    );
    await job.cluster.api.patch(path, { data: { Corefile } });
    await setDnsServers(0);
    await setDnsServers(2);
  };
  const isThere =
    (name: string) =>
    (found: readonly Pod[]): boolean =>
      found.some(({ metadata, spec }) => metadata.name === name && spec.nodeName !== undefined);

  useRealCluster(2, async started => {
    job = started;
    await cacheDenials(15);
    await job.pass(deployment());
  });

  it('are denied for 15 seconds when members are new, and each step of the scaling succeeds', async () => {
    const before = await job.objects.members(namespace);
    const scaled = await job.pass({ operation: 'scale', 'scale-to': '5,3', rest: 'true' });
    expect(delivered(notesOf(scaled))).toBe(2);
    expect(uidsOf(await job.objects.members(namespace))).toEqual(uidsOf(before));
  });

  it('cannot be resolved for seconds while members are added', async () => {
    const step = await job.start({ operation: 'scale', 'scale-to': '5', rest: 'true' });
    await waitForObjects<Pod>(job.cluster.api, pods, isThere('migratorydata-3'));
    await setDnsServers(0);
    await waitForObjects<Pod>(job.cluster.api, pods, found => found.filter(isReady).length === 5);
    await setDnsServers(2);
    expect((await step.ended).outputs).toMatchObject({ outcome: 'success', 'ready-members': '5' });
  });

  it('cannot be resolved for seconds while members are updated', async () => {
    const step = await job.start(deployment({ image: newer }));
    await waitForObjects<Pod>(job.cluster.api, pods, found => imagesOf(found).includes(newer));
    await setDnsServers(0);
    await setDnsServers(2);
    expect((await step.ended).outputs).toMatchObject({ outcome: 'success', changed: 'true', 'ready-members': '5' });
    expect(new Set(imagesOf(await job.objects.members(namespace)))).toEqual(new Set([newer]));
  });

  it('cannot be resolved at all: an update stops at the first member and is rolled back, with the words of the cluster', async () => {
    const step = await job.start(deployment({ image: 'migratorydata/server:6.0.26', 'verify-timeout': '1m' }));
    await setDnsServers(0);
    const main = await step.ended;
    await setDnsServers(2);
    expect(main.outputs['error-code']).toBe('rollout-reverted');
    expect(errorOf({ main })).toMatch(/did not accept a message/);
    await job.objects.untilReady(namespace, 5);
    expect(new Set(imagesOf(await job.objects.members(namespace)))).toEqual(new Set([newer]));
    await job.pass({ ...deployment(), operation: 'verify' });
  });
});
