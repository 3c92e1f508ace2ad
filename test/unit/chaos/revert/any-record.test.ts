import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ExperimentName, experimentNames, experiments } from '../../../../src/chaos/experiments/index.js';
import { recordAnnotation } from '../../../../src/chaos/revert/annotation-keys.js';
import { nothingToRevert } from '../../../../src/chaos/revert/original-state.js';
import { type RevertRecord, parseRevertRecord } from '../../../../src/chaos/revert/revert-record.js';
import { ownershipLabels, probeLabels } from '../../../../src/migratorydata/object-names.js';
import { FakeCluster } from '../../kubernetes/fake-cluster.js';
import { pods } from '../../kubernetes/samples.js';
import {
  FakeMachines,
  held,
  machineOf,
  record,
  maxReplicas,
  nodes,
  poolOf,
  putMembers,
  putNode,
  renewLease,
  revertBy,
  seedMembers,
  undisrupted,
} from './revert-bench.js';

/** The number of records to test, new ones in each run: most of them are not valid, and refused before any call. */
const records = 2_000;

const names = ['a', 'b', 'c'];
const cordonedBy = 'migratorydata-aks/cordoned-by';
const heldBy = 'migratorydata-aks/held-by';

/** A cluster during an experiment on node a. An administrator has cordoned and held node c. */
function begin(cluster: FakeCluster): FakeMachines {
  const { holder } = record;
  const ours = { [held]: 'true', [undisrupted]: 'true', [heldBy]: holder };
  const labels = { 'migratorydata-aks/held': '' };
  putNode(cluster, 'a', {
    labels,
    annotations: { ...ours, [cordonedBy]: holder, [recordAnnotation]: JSON.stringify(record) },
    spec: { unschedulable: true },
  });
  putNode(cluster, 'b', { labels, annotations: ours });
  putNode(cluster, 'c', { annotations: { [held]: 'true' }, spec: { unschedulable: true } });
  for (const name of names) renewLease(cluster, name, 0.002);
  putMembers(cluster, 4);
  cluster.put(pods, { metadata: { name: 'migratorydata-probe', uid: 'probe', labels: probeLabels } });
  cluster.put(pods, { metadata: { name: 'other', labels: ownershipLabels } });
  cluster.put('/apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers', {
    metadata: { name: 'hpa', annotations: { 'migratorydata-aks/former-bounds': '3-5' } },
    spec: { minReplicas: 4, maxReplicas: 4, scaleTargetRef: { kind: 'StatefulSet', name: 'migratorydata' } },
  });
  cluster.put('/api/v1/namespaces/ns/configmaps', {
    metadata: { name: 'migratorydata-aks-mark', uid: 'planted' },
    data: { mark: JSON.stringify(record) },
  });
  cluster.received.length = 0;
  const machines = new FakeMachines(cluster);
  machines.leaseSeconds = 0.002;
  machines.pool = poolOf({ minCount: 3, maxCount: 5 }, { minCount: 1, maxCount: 5 });
  return machines;
}

const node = fc.constantFrom(...names, 'z');
const entry = node.map(name => ({ node: name, uid: `uid-${name}`, machine: machineOf(name) }));
const few = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { maxLength: 3 });
const wanted = fc.constantFrom(0, 2, 3, 4, 5, 6, 900);

/** Records that an experiment on this cluster could write but for their kinds of state, and some with numbers that it could not. */
const anyKinds: fc.Arbitrary<RevertRecord> = fc.record({
  version: fc.constant(1 as const),
  namespace: fc.constant('ns'),
  deployment: fc.constant('migratorydata'),
  holder: fc.constantFrom(record.holder, 'acme/shop/2/check-0'),
  experiment: fc.constantFrom(...experimentNames),
  writtenAt: fc.constant(record.writtenAt),
  deadline: fc.constant(record.deadline),
  undo: fc.record({
    cordons: few(node),
    machines: few(entry),
    kubelets: few(entry),
    deletions: few(node.map(name => ({ node: name, uid: `uid-${name}` }))),
    replicas: fc.option(fc.record({ from: wanted, set: wanted }), { nil: undefined }),
    pool: fc.option(
      fc.record({
        name: fc.constant('users'),
        nodes: fc.constantFrom(0, 3, 4),
        bounds: fc.record({ minCount: fc.constantFrom(1, 50), maxCount: fc.constantFrom(5, 1000) }),
      }),
      { nil: undefined },
    ),
  }),
  autoscaler: fc.option(
    fc.record({ name: fc.constant('hpa'), minReplicas: fc.constantFrom(3, 0), maxReplicas: fc.constantFrom(5, 90) }),
    { nil: undefined },
  ),
  seedsPerNode: fc.constantFrom([], [3], [2, 2], [9_000]),
  probePod: fc.constantFrom(undefined, 'migratorydata-probe', 'migratorydata-0', 'other'),
  held: few(node),
  cluster: fc.constant(undefined),
});

/** As `anyKinds`, with the kinds of state that the experiment changes. */
const honest = anyKinds.map(from => {
  const { reverts } = experiments[from.experiment as ExperimentName];
  const own = ['replicas', 'cordons', ...reverts] as const;
  const kept = Object.fromEntries(own.map(kind => [kind, from.undo[kind]]));
  return { ...from, undo: { ...nothingToRevert, ...kept } };
});

/** Values that an attacker would use. */
const evil = fc.oneof(
  fc.constantFrom<unknown>('@/etc/passwd', '../x', '-x', '', null, -1, 1e9, [], {}, 'prod-db', 'a\n\u0085::error::x'),
  fc.constantFrom<unknown>('99999999-0000-4000-8000-000000000000', '7', 'kube-system', 'migratorydata'),
  fc.jsonValue(),
);

/** A record in which one value is replaced; numbers choose the path, so that a failure shrinks. */
const mutated = fc
  .tuple(honest, fc.array(fc.nat(50), { minLength: 1, maxLength: 5 }), evil)
  .map(([from, path, value]) => {
    const copy = JSON.parse(JSON.stringify(from)) as Record<string, unknown>;
    let at = copy;
    for (const [depth, step] of path.entries()) {
      const keys = Object.keys(at);
      const key = keys[step % Math.max(1, keys.length)] ?? 'more';
      const next = at[key];
      if (depth === path.length - 1 || typeof next !== 'object' || next === null) {
        at[key] = value;
        break;
      }
      at = next as Record<string, unknown>;
    }
    return copy;
  });

const text = fc.oneof(
  { weight: 1, arbitrary: honest.map(value => JSON.stringify(value)) },
  { weight: 1, arbitrary: anyKinds.map(value => JSON.stringify(value)) },
  { weight: 12, arbitrary: mutated.map(value => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string() },
);

/** The changes that an honest record of this cluster could cause, as patterns of the calls. */
const allowed: readonly RegExp[] = [
  /^start(?: kubelet)? mc_rg\/aks-pool-vmss\/[012]$/,
  /^bounds of users: 1 to 5$/,
  new RegExp(
    `^PATCH /apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers/hpa \\{"metadata":\\{"resourceVersion":"\\d+"\\},"spec":\\{"minReplicas":([${seedMembers}-${maxReplicas}]),"maxReplicas":\\1\\}\\}$`,
  ),
  /^PATCH \/apis\/autoscaling\/v2\/namespaces\/ns\/horizontalpodautoscalers\/hpa \{"metadata":\{"annotations":\{"migratorydata-aks\/former-bounds":null\},"resourceVersion":"\d+"\},"spec":\{"minReplicas":3,"maxReplicas":5\}\}$/,
  /^PATCH \/api\/v1\/nodes\/a \{"metadata":\{"annotations":\{"migratorydata-aks\/cordoned-by":null\}\},"spec":\{"unschedulable":null\}\}$/,
  /^PATCH \/api\/v1\/nodes\/[ab] \{"metadata":\{(?:"labels":\{"migratorydata-aks\/held":null\},)?"annotations":\{"cluster-autoscaler.kubernetes.io\/scale-down-disabled":null,"karpenter.sh\/do-not-disrupt":null,"migratorydata-aks\/held-by":null(?:,"migratorydata-aks\/mark":null)?\}\}\}$/,
  /^PATCH \/api\/v1\/nodes\/a \{"metadata":\{(?:"labels":\{"migratorydata-aks\/held":null\},)?"annotations":\{"migratorydata-aks\/mark":null\}\}\}$/,
  /^DELETE \/api\/v1\/namespaces\/ns\/pods\/migratorydata-probe .*"uid":"probe"/,
  /^DELETE \/api\/v1\/namespaces\/ns\/configmaps\/migratorydata-aks-mark .*"uid":"planted"/,
];

describe('a revert record of any author', () => {
  it('causes no change that an honest record of this cluster could not cause', async () => {
    await using cluster = await FakeCluster.start();
    const system = cluster.api();
    // The pauses between attempts do not matter here.
    const api = { ...system, clock: { ...system.clock, sleep: () => Promise.resolve() } };
    cluster.react = ({ path, body }) => {
      const { minReplicas } = (body as { readonly spec?: { readonly minReplicas?: number } } | undefined)?.spec ?? {};
      if (!path.endsWith('/hpa') || minReplicas === undefined) return;
      for (let ordinal = minReplicas; ordinal < maxReplicas; ordinal += 1)
        cluster.delete(`${pods}/migratorydata-${ordinal}`);
      putMembers(cluster, minReplicas);
    };
    let reverted = 0;
    await fc.assert(
      fc.asyncProperty(text, async planted => {
        const reading = parseRevertRecord(planted, 'ns');
        if ('problems' in reading) return;
        reverted += 1;
        const machines = begin(cluster);
        await revertBy(api, reading.record, machines.port, { timeoutMs: 1 });
        const changes = cluster.received
          .filter(({ method }) => method !== 'GET')
          .map(({ method, path, body }) => `${method} ${path} ${body}`);
        const others = [...machines.done, ...changes].filter(call => !allowed.some(pattern => pattern.test(call)));
        expect(others).toEqual([]);
        const c = cluster.get(`${nodes}/c`);
        expect([c?.metadata['annotations'], c?.['spec']]).toMatchObject([{ [held]: 'true' }, { unschedulable: true }]);
      }),
      { numRuns: Number(process.env['RECORDS'] ?? records) },
    );
    // The property would also hold if no record was valid.
    expect(reverted).toBeGreaterThan(records / 50);
  }, 300_000);
});
