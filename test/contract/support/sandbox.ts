import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sharedCodeFolder } from '../../support/code-folder.js';
import { sendSignal } from '../../support/process-table.js';
import { scriptKubectl } from './fake-kubectl.js';
import { type KubernetesStandIn, startKubernetes } from './kubernetes/stand-in.js';
import { listenForPrograms, type Programs } from './programs.js';

export interface Sandbox extends AsyncDisposable {
  /** The folder of the sandbox, with `temp` for the runner inside. */
  readonly folder: string;
  /** RUNNER_TEMP. */
  readonly temp: string;
  /**
   * The variables with which the action finds only what the sandbox holds, but for the compiled code, which all jobs share;
   * start.test.ts tests the folder that a job has for itself.
   */
  readonly environment: Readonly<Record<string, string>>;
  readonly programs: Programs;
  readonly kubernetes: KubernetesStandIn;
  /** A kubeconfig file for `provider: kubeconfig`, which only works with the fake kubectl. */
  readonly kubeconfig: string;
}

export interface SandboxOptions {
  /** The programs on PATH in addition to node. */
  readonly tools?: readonly ('az' | 'kubectl' | 'kubelogin')[];
}

/** Creates a folder, a PATH with only fakes and node, and a Kubernetes API behind the fake kubectl. */
export async function makeSandbox({ tools = ['az', 'kubectl'] }: SandboxOptions = {}): Promise<Sandbox> {
  // Socket paths are limited to 107 bytes, so the name is short.
  const folder = await mkdtemp(join(tmpdir(), 'mda-'));
  const temp = join(folder, 'temp');
  const bin = join(folder, 'bin');
  for (const path of [temp, bin, join(folder, 'home')]) await mkdir(path);
  const control = join(folder, 'control.sock');
  const apiSocket = join(folder, 'api.sock');
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigText, { mode: 0o600 });
  await symlink(process.execPath, join(bin, 'node'));
  for (const tool of tools) await writeProgram(join(bin, tool), control, tool);

  const programs = await listenForPrograms(control);
  const kubernetes = await startKubernetes(apiSocket);
  scriptKubectl(programs, apiSocket);
  return {
    folder,
    temp,
    environment: {
      ...{ PATH: bin, HOME: join(folder, 'home'), RUNNER_TEMP: temp, AZURE_CONFIG_DIR: join(folder, 'azure') },
      NODE_COMPILE_CACHE: await sharedCodeFolder(),
    },
    programs,
    kubernetes,
    kubeconfig,
    async [Symbol.asyncDispose]() {
      const pids = [...programs.running().map(({ pid }) => pid), ...programs.children];
      for (const pid of pids) sendSignal(pid, 'SIGKILL');
      await programs.close();
      await kubernetes.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writeProgram(path: string, control: string, tool: string): Promise<void> {
  const program = fileURLToPath(new URL('fake-program.js', import.meta.url));
  const words = [process.execPath, program, control, tool].map(word => `'${word}'`).join(' ');
  await writeFile(path, `#!/bin/sh\nexec ${words} "$@"\n`);
  await chmod(path, 0o755);
}

export const kubeconfigText = `apiVersion: v1
kind: Config
clusters: [{ name: sandbox, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: sandbox, user: { token: not-a-real-token } }]
contexts: [{ name: sandbox, context: { cluster: sandbox, user: sandbox } }]
current-context: sandbox
`;
