import { setTimeout as sleep } from 'node:timers/promises';
import type { Node, Pod } from '../../src/kubernetes/api/types.js';
import type { Lab, LabCluster, SimulatedCluster } from '../lab/lab.js';
import { internalAddress } from '../lab/real/backends.js';
import type { RealCluster } from '../lab/real/cluster.js';
import { startKubeconfigJob } from '../lab/scenarios/support/kubeconfig-job.js';
import { waitUntil } from '../lab/wait.js';
import type { ExposedService } from '../lab/workload/objects.js';
import type { TotalFault } from './outage-judgement.js';

/** A member, and the port of its node, which leads to no other one. */
export interface OutageTarget {
  readonly url: string;
  /** Injects a fault, removes it, and returns how long it lasted, in milliseconds. */
  fail(fault: TotalFault, durationMs: number): Promise<number>;
}

/** A deployment in the lab, each member on a node of its own. */
export interface OutageTargets {
  readonly members: readonly OutageTarget[];
  /** The load balancer in front of them. */
  readonly balancer: string;
  /** The fault that these nodes have besides `refused`, and which gives no answer. */
  readonly silent: TotalFault;
}

type Inject = (pod: Pod, port: number, fault: TotalFault, durationMs: number) => Promise<number>;

/** As `lostShare` says. */
const count = 3;
const clientPort = 8080;

/** Deploys on simulated nodes. @throws Error when two members share a node. */
export async function simulatedTargets(lab: Lab<SimulatedCluster>): Promise<OutageTargets> {
  const cluster = await lab.standaloneCluster('outages', { nodes: count });
  const faults = { refused: 'refuse', hung: 'hang' } as const;
  return deploy(lab, cluster, 'hung', ({ metadata }, _, fault, durationMs) =>
    during(durationMs, isOn => {
      const { switches } = cluster.workload.members.get(metadata.name);
      switches.fault = isOn && fault !== 'dropped' ? faults[fault] : 'none';
    }),
  );
}

/** Deploys on real nodes. @throws Error when two members share a node. */
export async function realTargets(lab: Lab<RealCluster>): Promise<OutageTargets> {
  const cluster = await lab.standaloneCluster('outages', { nodes: count });
  return deploy(lab, cluster, 'dropped', ({ spec: { nodeName = '' } }, port, fault, durationMs) => {
    const rule = fault === 'refused' ? refusal(port) : loss(port);
    return filterFor(durationMs, rule, script => cluster.nodes.runScript(nodeName, script));
  });
}

async function deploy(lab: Lab, cluster: LabCluster, silent: TotalFault, inject: Inject): Promise<OutageTargets> {
  const job = await startKubeconfigJob(lab, cluster);
  await job.pass({ operation: 'deploy', 'service-type': 'public', 'client-port': String(clientPort) });
  const path = '/api/v1/namespaces/migratory/services/migratorydata-cs';
  const service = await cluster.api.request<ExposedService>('GET', path);
  const port = service.spec.ports?.[0]?.nodePort ?? 0;
  const { items: nodes } = await cluster.api.list<Node>('/api/v1/nodes');
  const addresses = new Map(nodes.map(node => [node.metadata.name, internalAddress(node)]));
  const pods = await job.objects.untilReady('migratory', count);
  if (new Set(pods.map(({ spec }) => spec.nodeName)).size < count) throw new Error('two members share a node');
  const state = () => cluster.workload.balancer.list()[0];
  await waitUntil(() => state()?.healthyNodes.length === count, 'the load balancer uses all nodes');
  return {
    members: pods.map(pod => ({
      url: `http://${addresses.get(pod.spec.nodeName ?? '') ?? ''}:${port}`,
      fail: (fault, durationMs) => inject(pod, port, fault, durationMs),
    })),
    balancer: `http://${state()?.address ?? ''}:${clientPort}`,
    silent,
  };
}

/** Sets a fault for a time. */
async function during(durationMs: number, set: (isOn: boolean) => unknown): Promise<number> {
  await set(true);
  const startedMs = performance.now();
  await sleep(durationMs);
  await set(false);
  return performance.now() - startedMs;
}

/** The rule with which a node resets the connections to a node port. Those of its kubelet's probes have another origin. */
function refusal(port: number): FilterRule {
  const matches = `-p tcp -m conntrack --ctorigdstport ${port}`;
  return { table: 'filter', rule: `FORWARD ${matches} -j REJECT --reject-with tcp-reset` };
}

/** The rule with which a node loses the packets to a node port, as they come from its cable. */
function loss(port: number): FilterRule {
  return { table: 'raw', rule: `PREROUTING -p tcp --dport ${port} -j DROP` };
}

interface FilterRule {
  readonly table: string;
  readonly rule: string;
}

/** Has a node apply a rule for a time, which it takes itself. */
async function filterFor(
  durationMs: number,
  { table, rule }: FilterRule,
  run: (script: string) => Promise<string>,
): Promise<number> {
  const script = `
    iptables -t ${table} -I ${rule} && start=$(date +%s%N) && sleep ${durationMs / 1_000} &&
    iptables -t ${table} -D ${rule} && echo $(( $(date +%s%N) - start ))`;
  const said = await run(script);
  const nanoseconds = Number(said.trim());
  if (!(nanoseconds > 0)) throw new Error(`the rule was not applied: ${said}`);
  return nanoseconds / 1e6;
}
