import { describe, expect, it } from '@jest/globals';
import { waitForCluster } from '../../../../src/azure/cluster/cluster-wait.js';
import { absent, clusterJson, type Lab, labWith, prints, ref, refused, rejection } from '../fixtures.js';
import type { Answer } from '../scripted-azure.js';

const minuteMs = 60_000;
const inState = (provisioningState: string): Answer => prints(clusterJson({ provisioningState }));
const [creating, updating, ready] = ['Creating', 'Updating', 'Succeeded'].map(inState) as [Answer, Answer, Answer];

function failed(code: string, message: string, provisioningState = 'Failed'): Answer {
  return prints(clusterJson({ provisioningState, status: { provisioningError: { code, message } } }));
}

const internal = failed('ControlPlaneAddOnsNotReady', 'The addons are not ready.');
const noCapacity = failed('AllocationFailed', 'Allocation failed.');

/** Waits for at most 25 minutes while the cluster has these states. */
function wait(...states: readonly Answer[]): Lab & { readonly outcome: Promise<unknown> } {
  const lab = labWith(script => script.on('GET managedClusters/', ...states).on('GET management/values', prints([])));
  return { ...lab, outcome: waitForCluster(lab.azure, ref, 25 * minuteMs) };
}

describe('waitForCluster', () => {
  it('returns a cluster that succeeds, and logs each state once', async () => {
    const { outcome, log } = wait(creating, creating, ready);
    expect(await outcome).toMatchObject({ state: 'Succeeded' });
    expect(log.lines).toEqual(['Cluster aks-shop: Creating', 'Cluster aks-shop: Succeeded']);
  });

  it.each([
    ['at once', [internal, internal, ready]],
    ['by another operation', [internal, updating, internal, updating, ready]],
  ])('returns a failed cluster that AKS repairs %s', async (_, states) => {
    const { outcome, log } = wait(...states);
    expect(await outcome).toMatchObject({ state: 'Succeeded' });
    expect(log.lines.join('\n')).toContain('AKS may still repair it, so this waits.');
  });

  it('returns the reason of a cluster that stays Failed for 2 minutes', async () => {
    const { outcome, clock } = wait(creating, internal);
    expect(await outcome).toMatchObject({
      code: 'cluster-create-failed',
      message: expect.stringContaining('(ControlPlaneAddOnsNotReady) The addons are not ready.'),
    });
    expect(clock.now()).toBeGreaterThanOrEqual(2 * minuteMs);
    expect(clock.now()).toBeLessThan(3 * minuteMs);
  });

  it('counts the 2 minutes anew when the cluster was not Failed in between', async () => {
    const states = [...Array<Answer>(12).fill(internal), updating, internal];
    const { outcome, clock } = wait(...states);
    expect(await outcome).toMatchObject({ code: 'cluster-create-failed' });
    expect(clock.now()).toBeGreaterThan(2 * minuteMs + 5_000);
  });

  it.each<[string, Answer, string]>([
    ['no capacity', noCapacity, 'azure-capacity'],
    ['a policy', failed('RequestDisallowedByPolicy', 'was disallowed by policy'), 'azure-policy'],
    ['a cancellation', failed('InternalError', 'stopped', 'Canceled'), 'azure-unavailable'],
  ])('returns a reason that AKS cannot repair at once: %s', async (_, state, code) => {
    const { outcome, clock } = wait(state);
    expect(await outcome).toMatchObject({ code });
    expect(clock.now()).toBe(0);
  });

  it('throws the reason, not a timeout, when the cluster is Failed at the deadline', async () => {
    const { azure, clock } = wait(internal);
    expect(await rejection(waitForCluster(azure, ref, clock.now() + minuteMs))).toMatchObject({
      code: 'cluster-create-failed',
    });
  });

  it('throws a timeout with the last state when the cluster is not ready at the deadline', async () => {
    const { outcome } = wait(creating);
    expect(await rejection(outcome)).toMatchObject({
      code: 'cluster-create-timeout',
      message: 'Cluster aks-shop in resource group rg-shop was not ready after 25m 00s; its state is Creating.',
    });
  });

  it('waits a minute for the cluster to appear', async () => {
    expect(await wait(absent, absent, creating, ready).outcome).toMatchObject({ state: 'Succeeded' });
    const never = wait(absent);
    expect(await rejection(never.outcome)).toMatchObject({ code: 'azure-preempted' });
    expect(never.clock.now()).toBeGreaterThan(minuteMs);
  });

  it('does not believe one response without the cluster', async () => {
    expect(await wait(creating, absent, creating, ready).outcome).toMatchObject({ state: 'Succeeded' });
  });

  it('throws when the cluster disappears', async () => {
    expect(await rejection(wait(creating, absent).outcome)).toMatchObject({ code: 'azure-preempted' });
  });

  it('survives a time without Azure', async () => {
    const unavailable = Array<Answer>(8).fill(refused(503, 'ServiceUnavailable'));
    expect(await wait(creating, ...unavailable, ready).outcome).toMatchObject({ state: 'Succeeded' });
  });
});
