import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';

import { isAlive } from '../../support/process-table.js';
import type { Tools } from '../tools/pins.js';
import { auditArguments, followRequests, forgetRequests } from './audit.js';
import { waitForControllers } from './controllers.js';
import { findFreePort } from './ports.js';
import { removeWithProcesses } from './processes.js';

const run = promisify(execFile);

/** A real etcd, API server, controller manager and scheduler, without nodes. */
export interface ControlPlane {
  /** The folder of this control plane: data, keys, logs. */
  readonly folder: string;
  readonly server: string;
  /** The address of etcd, without TLS and login. */
  readonly etcd: string;
  /** The path of a kubeconfig with the certificate of an administrator. */
  readonly kubeconfig: string;
  readonly credentials: Credentials;
  /** The socket by which the API server reaches simulated nodes and their pods; it connects when it needs to. */
  readonly tunnel: string;
  /** Starts the programs again that have ended; nothing else does. */
  restart(): Promise<void>;
  /** Ends all processes that belong to `folder`, including nodes, and removes it. */
  stop(): Promise<void>;
}

/** PEM texts. */
export interface Credentials {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Time allowed for `kwokctl create cluster`; 3 s on an idle machine with two cores. */
const startTimeoutMs = 120_000;

type Arguments = Readonly<Record<string, string>>;

/** It is the only member, so its signs of life reach nobody: a fifth of them take a third less of the processor. */
const etcdArguments: Arguments = {
  'unsafe-no-fsync': 'true',
  'heartbeat-interval': '500',
  'election-timeout': '2500',
};

const apiServerArguments: Arguments = {
  // No DNS server knows the names of the nodes.
  'kubelet-preferred-address-types': 'InternalIP',
  // Endpoints refuse loopback addresses. Nothing in the lab connects to this one (RFC 5737 keeps it unused).
  'advertise-address': '192.0.2.1',
};

/** There is one of each: without an election it starts at once, and renews no Lease several times a second. */
const leaderArguments: Arguments = { 'leader-elect': 'false' };

/** Shorter than the defaults of a cluster, in the same proportions: minutes there are seconds here. */
const controllerManagerArguments: Arguments = {
  ...leaderArguments,
  'horizontal-pod-autoscaler-sync-period': '2s',
  'horizontal-pod-autoscaler-initial-readiness-delay': '1s',
  'horizontal-pod-autoscaler-cpu-initialization-period': '1s',
  // The default for autoscalers that do not set behavior.scaleDown themselves.
  'horizontal-pod-autoscaler-downscale-stabilization': '5s',
};

/** The networks of real nodes, which reach the API server by an address of the host. */
export interface ControlPlaneNetwork {
  /** The address of the host for the nodes. */
  readonly host: string;
  readonly serviceNetwork: string;
}

/** The API server asks real kubelets for logs, and gives Services addresses that real nodes route. */
function networkArguments({ host, serviceNetwork }: ControlPlaneNetwork, pki: string): Arguments {
  return {
    // kwokctl connects to it on loopback, and the nodes by the address of the host. It takes certificates only.
    'bind-address': '0.0.0.0',
    'advertise-address': host,
    'service-cluster-ip-range': serviceNetwork,
    'kubelet-client-certificate': join(pki, 'admin.crt'),
    'kubelet-client-key': join(pki, 'admin.key'),
  };
}

const patchArguments = (name: string, extra: Arguments): object => ({
  name,
  extraArgs: Object.entries(extra).map(([key, value]) => ({ key, value })),
});

/** https://kwok.sigs.k8s.io/docs/user/configuration: the same options as the flags of kwokctl, and more. */
async function configure(folder: string, tools: Tools, network: ControlPlaneNetwork | undefined): Promise<string> {
  const options = {
    runtime: 'binary',
    bindAddress: '127.0.0.1',
    ...(network && { kubeApiserverCertSANs: [network.host, network.serviceNetwork.replace(/0\/.*/, '1')] }),
    disable: ['kwok-controller'],
    etcdBinary: tools.etcd,
    kubeApiserverBinary: tools['kube-apiserver'],
    kubeControllerManagerBinary: tools['kube-controller-manager'],
    kubeSchedulerBinary: tools['kube-scheduler'],
    kwokControllerBinary: tools.kwok,
    kubectlBinary: tools.kubectl,
    etcdPort: await findFreePort(),
    etcdPeerPort: await findFreePort(),
    kubeApiserverPort: await findFreePort(),
    kubeControllerManagerPort: await findFreePort(),
    kubeSchedulerPort: await findFreePort(),
    kwokControllerPort: await findFreePort(),
    heartbeatFactor: 1,
    kubeControllerManagerNodeMonitorPeriodMilliseconds: 1_000,
    kubeControllerManagerNodeMonitorGracePeriodMilliseconds: 5_000,
  };
  return stringify({
    apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
    kind: 'KwokctlConfiguration',
    options,
    componentsPatches: [
      patchArguments('etcd', etcdArguments),
      patchArguments('kube-apiserver', {
        ...apiServerArguments,
        ...(await auditArguments(folder)),
        ...(network
          ? networkArguments(network, pkiOf(folder))
          : { 'egress-selector-config-file': await configureTunnel(folder) }),
      }),
      patchArguments('kube-controller-manager', controllerManagerArguments),
      patchArguments('kube-scheduler', leaderArguments),
    ],
  });
}

/** Its path has at most 107 bytes: see unix(7). */
const tunnelOf = (folder: string): string => join(folder, 'tunnel');

/** https://kubernetes.io/docs/reference/config-api/apiserver-config.v1beta1 */
async function configureTunnel(folder: string): Promise<string> {
  const path = join(folder, 'egress.yaml');
  const connection = { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName: tunnelOf(folder) } } };
  const egressSelections = [{ name: 'cluster', connection }];
  await writeFile(
    path,
    stringify({ apiVersion: 'apiserver.k8s.io/v1beta1', kind: 'EgressSelectorConfiguration', egressSelections }),
  );
  return path;
}

/**
 * Starts a control plane under `folder`. Resolves when its API responds and its controllers have begun.
 * @throws Error with the output of kwokctl, or when no controllers begin; what it had started is ended before.
 */
export async function startControlPlane(
  folder: string,
  tools: Tools,
  network?: ControlPlaneNetwork,
): Promise<ControlPlane> {
  await mkdir(folder, { recursive: true });
  await writeFile(configOf(folder), await configure(folder, tools, network));
  try {
    await runKwokctl(folder, tools, 'create', '--config', configOf(folder), '--kubeconfig', kubeconfigOf(folder));
    const plane = await openControlPlane(folder, tools);
    await waitForControllers(plane);
    return plane;
  } catch (error) {
    await removeWithProcesses(folder);
    throw error;
  }
}

/** Returns the control plane that runs under `folder`. */
export async function openControlPlane(folder: string, tools: Tools): Promise<ControlPlane> {
  const kubeconfig = kubeconfigOf(folder);
  const pki = (name: string): Promise<string> => readFile(join(pkiOf(folder), name), 'utf8');
  const [ca, cert, key] = await Promise.all([pki('ca.crt'), pki('admin.crt'), pki('admin.key')]);
  const server = /server: (\S+)/.exec(await readFile(kubeconfig, 'utf8'))?.[1];
  if (server === undefined) throw new Error(`${kubeconfig} names no server`);
  followRequests(folder);
  const { options } = parse(await readFile(configOf(folder), 'utf8')) as { options: { etcdPort: number } };
  return {
    ...{ folder, server, kubeconfig, credentials: { ca, cert, key }, tunnel: tunnelOf(folder) },
    etcd: `http://127.0.0.1:${options.etcdPort}`,
    restart: () => restartEnded(folder, tools),
    stop: () => {
      forgetRequests(folder);
      return removeWithProcesses(folder);
    },
  };
}

/** Returns the folder in which kwokctl keeps the files of the control plane. */
const workFolderOf = (folder: string): string => join(folder, 'clusters', 'lab');
const configOf = (folder: string): string => join(folder, 'kwokctl.yaml');
const kubeconfigOf = (folder: string): string => join(folder, 'admin.kubeconfig');

/**
 * Starts the programs that have ended. kwokctl takes one for running as long as nobody has read its exit code, which
 * the first process of a container may never do: then only its file of the process id says so.
 */
async function restartEnded(folder: string, tools: Tools): Promise<void> {
  const pids = join(workFolderOf(folder), 'pids');
  for (const name of await readdir(pids)) {
    const path = join(pids, name);
    if (!isAlive(Number(await readFile(path, 'utf8')))) await rm(path);
  }
  await runKwokctl(folder, tools, 'start');
}

async function runKwokctl(folder: string, tools: Tools, verb: string, ...flags: readonly string[]): Promise<void> {
  // HOME and KWOK_WORKDIR keep everything out of the folders of the user. With GOGC, the programs use more memory for a
  // quarter less time of the processor, most of it in their first seconds; with GOMAXPROCS, a third less while nothing
  // happens, because no thread looks for work that another has.
  const env = { PATH: process.env['PATH'], HOME: folder, KWOK_WORKDIR: folder, GOGC: '400', GOMAXPROCS: '1' };
  await run(tools.kwokctl, [verb, 'cluster', '--name', 'lab', ...flags], { env, timeout: startTimeoutMs });
}

/** Returns the folder in which kwokctl puts keys and certificates. */
export function pkiOf(folder: string): string {
  return join(workFolderOf(folder), 'pki');
}
