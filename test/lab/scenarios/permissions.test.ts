import { describe, expect, it } from '@jest/globals';
import type { Operation } from '../../../src/inputs/request.js';
import type { KubernetesObject } from '../../../src/kubernetes/api/types.js';
import { chaosPermissions } from '../../../src/operations/chaos-permissions.js';
import { operationDefinitions } from '../../../src/operations/index.js';
import type { Lab, LabCluster } from '../lab.js';
import { waitForObjects } from '../wait.js';
import { allow, bind, createAccount } from './support/accounts.js';
import { startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { generousLimits } from './support/limits.js';
import { errorOf, type Inputs, type StepResult, unseenIn } from './support/steps.js';
import { useLab } from './support/use-lab.js';

type Results = Readonly<Partial<Record<Operation, StepResult>>>;
const chaos = { experiments: 'drain,pod-kill', hold: '0s', steady: '1s' };
const order: readonly (readonly [Operation, Inputs])[] = [
  ['deploy', {}],
  ['verify', {}],
  ['scale', { 'scale-to': '4' }],
  ['autoscale', {}],
  ['chaos', chaos],
  ['recover', {}],
  ['collect', {}],
  ['teardown', { 'wait-for-deletion': 'true' }],
];
const operations = order.map(([operation]) => operation);
/** A role or a namespace of an administrator. */
const ours = { 'app.kubernetes.io/managed-by': 'migratorydata-aks' };

describe('permissions', () => {
  let exact: Promise<Results>;
  let admin: Promise<Results>;

  useLab(async lab => {
    const cluster = await lab.standaloneCluster('rights');
    const job = await startKubeconfigJob(lab, cluster);
    for (const name of ['exact', 'admin']) {
      await cluster.api.request('POST', '/api/v1/namespaces', { metadata: { name, labels: ours } });
    }
    exact = runAll(job, 'exact', operation => accountFor(lab, cluster, operation));
    const team = await createAccount(lab, cluster, 'team');
    await untilAdminExists(cluster);
    await bind(cluster, 'team', { kind: 'ClusterRole', name: 'admin' }, 'admin');
    admin = runAll(job, 'admin', () => Promise.resolve(team));
  });

  it.each(operations)('%s succeeds with the role for it, and sees everything', async operation => {
    const step = (await exact)[operation];
    expect([step && errorOf(step), step?.main.code, step?.post.code]).toEqual(['', 0, 0]);
    expect(unseenIn(step)).toEqual([]);
  });

  it.each(['deploy', 'verify', 'scale', 'autoscale', 'recover', 'collect'] as const)(
    '%s succeeds with the ClusterRole admin in one namespace',
    async operation => {
      const step = (await admin)[operation];
      expect([step && errorOf(step), step?.main.code, step?.post.code]).toEqual(['', 0, 0]);
    },
  );

  it('recover says once what it could not see there', async () => {
    expect(unseenIn((await admin).recover)).toEqual([
      expect.stringMatching(/lock on the nodes: .* cannot get resource "leases" .* in the namespace "default"/),
      expect.stringMatching(/copy of a revert record: .* cannot list resource "nodes" .* at the cluster scope/),
    ]);
  });

  it.each([
    ['chaos', /cannot \w+ resource "(leases|nodes)"/],
    ['teardown', /cannot delete resource "namespaces" .* in the namespace "admin"[^]*docs\/permissions\.md/],
  ] as const)('%s names there the permission that it cannot do without', async (operation, text) => {
    const step = (await admin)[operation];
    expect(step?.main.code).toBe(1);
    expect(step && errorOf(step)).toMatch(text);
  });
});

/** A controller fills the role with the rules of others, seconds after the start of the API server. */
async function untilAdminExists({ api }: LabCluster): Promise<void> {
  const rulesOf = (role: KubernetesObject & { readonly rules?: readonly unknown[] | null }): number =>
    role.metadata.name === 'admin' ? (role.rules?.length ?? 0) : 0;
  await waitForObjects(api, '/apis/rbac.authorization.k8s.io/v1/clusterroles', roles =>
    roles.some(role => rulesOf(role) > 0),
  );
}

/** Creates an account that may do what an operation needs, and nothing else. Returns its kubeconfig. */
async function accountFor(lab: Lab, cluster: LabCluster, operation: Operation): Promise<string> {
  const name = `only-${operation}`;
  const { access } =
    operation === 'chaos' ? chaosPermissions(['drain', 'pod-kill']) : operationDefinitions[operation].permissions;
  await allow(cluster, name, access, 'exact');
  return createAccount(lab, cluster, name);
}

/** Runs the operations one after the other on a deployment, each with the account for it. */
async function runAll(
  job: KubeconfigJob,
  namespace: string,
  accountOf: (operation: Operation) => Promise<string>,
): Promise<Results> {
  const results: Partial<Record<Operation, StepResult>> = {};
  for (const [operation, inputs] of order) {
    const kubeconfig = await accountOf(operation);
    const common = { operation, namespace, kubeconfig, rest: 'true', ...generousLimits };
    results[operation] = await job.run({ ...common, ...inputs });
  }
  return results;
}
