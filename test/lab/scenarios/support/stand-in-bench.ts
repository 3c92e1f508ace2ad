import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findForkedAz } from '../../az/fork-server.js';
import { createBookkeepingHost } from '../../azure/bookkeeping-host.js';
import { type AzureStandIn, startAzureStandIn } from '../../azure/stand-in.js';
import { federationAudience } from '../../azure/tokens.js';
import { locateTools } from '../../tools/locate-tools.js';

export interface AzResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const host = createBookkeepingHost();
export let folder: string;
/** The stand-in, available after `startBench`. */
export let azure: AzureStandIn;
let azPath: string;

/** Runs the real az against the stand-in, with its own home folder. */
export function az(argv: readonly string[], stdin = '', env: Readonly<Record<string, string>> = {}): Promise<AzResult> {
  return run(azPath, [...argv, '--only-show-errors'], stdin, env);
}

/** Runs a command line of az in a shell, as a user who copies it. */
export function runLine(line: string): Promise<AzResult> {
  return run('/bin/sh', ['-c', line], '', { PATH: `${dirname(azPath)}:${process.env['PATH'] ?? ''}` });
}

function run(
  program: string,
  argv: readonly string[],
  stdin: string,
  env: Readonly<Record<string, string>>,
): Promise<AzResult> {
  const environment = { PATH: process.env['PATH'], HOME: folder, ...azure.env, ...env };
  return new Promise(resolve => {
    const child = execFile(program, argv, { env: environment }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
    child.stdin?.end(stdin);
  });
}

/** Returns the parsed output of a command. @throws Error when the command fails. */
export async function azJson<T>(...argv: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await az([...argv, '-o', 'json']);
  if (code !== 0) throw new Error(`az ${argv.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** Returns the arguments with which the action creates clusters. */
export function createArgv(group: string, name: string, vmSize = 'Standard_D2s_v5'): readonly string[] {
  const bounds = ['--node-count', '3', '--enable-cluster-autoscaler', '--min-count', '3', '--max-count', '5'];
  const nodes = ['--vm-set-type', 'VirtualMachineScaleSets', '--node-vm-size', vmSize, '--no-ssh-key'];
  const cluster = ['--tier', 'free', '--enable-managed-identity', '--load-balancer-sku', 'standard'];
  const upgrades = ['--auto-upgrade-channel', 'none', '--node-os-upgrade-channel', 'None'];
  const tags = ['--tags', 'managed-by=us', '--nodepool-tags', 'managed-by=us'];
  const target = ['aks', 'create', '-g', group, '-n', name, '-l', 'eastus'];
  const manner = ['--if-none-match', '*', '--yes', '--no-wait', '-o', 'json'];
  return [...target, ...cluster, ...bounds, ...nodes, ...upgrades, ...tags, ...manner];
}

export function logIn(assertion: string, env: Readonly<Record<string, string>> = {}): Promise<AzResult> {
  const identity = ['--username', azure.clientId, '--tenant', azure.tenantId];
  return az(['login', '--service-principal', ...identity, '--federated-token', '@-', '-o', 'json'], assertion, env);
}

async function askForToken(): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret } = azure.jobIdentity;
  const answer = await fetch(`${url ?? ''}&audience=${encodeURIComponent(federationAudience)}`, {
    headers: { authorization: `Bearer ${secret ?? ''}` },
  });
  return ((await answer.json()) as { value: string }).value;
}

/** The part of the output of `az aks show` that these tests read. */
interface ShownCluster {
  readonly provisioningState: string;
  readonly eTag: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly agentPoolProfiles: readonly { readonly count: number; readonly tags: unknown }[];
}

export function show(group: string, name: string): Promise<ShownCluster> {
  return azJson<ShownCluster>('aks', 'show', '-g', group, '-n', name);
}
/** Starts a stand-in without Kubernetes, and logs az in. */
export async function startBench(): Promise<void> {
  azPath = process.env['LAB_AZ'] ?? findForkedAz() ?? (await locateTools(() => undefined)).az;
  folder = await mkdtemp(join(tmpdir(), 'azure-stand-in-'));
  azure = await startAzureStandIn({ folder, host });
  await logInAnew();
}

/** Logs az in with a new token of the job, whose five minutes may be over on a busy machine. */
export async function logInAnew(): Promise<void> {
  const { code, stderr } = await logIn(await askForToken());
  if (code !== 0) throw new Error(stderr);
}

export async function stopBench(): Promise<void> {
  await azure.stop();
  await rm(folder, { recursive: true, force: true });
}
