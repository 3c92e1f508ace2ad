import { copyFile, chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { StandIn } from './stand-in.js';

interface KindConfig {
  readonly nodes?: readonly { readonly role?: string }[];
}

/**
 * helm/kind-action: a cluster of the lab with as many nodes as the configuration has workers, or one. It is deleted
 * after the job. The kubeconfig is written where kind writes it: at the path of the input, otherwise of KUBECONFIG,
 * otherwise in the home folder.
 */
export const kindAction: StandIn = {
  inputs: {
    config: '',
    kubeconfig: '',
    cluster_name: 'chart-testing',
    node_image: '',
    version: '',
    kubectl_version: '',
    wait: '60s',
    verbosity: '0',
  },
  async run({ inputs, env, workspace, home, machine, print }) {
    const { config = '', kubeconfig = '', cluster_name: name = '' } = inputs;
    const workers = config === '' ? 0 : await countWorkers(resolve(workspace, config));
    const cluster = await machine.startCluster(name, Math.max(workers, 1));
    const target = resolve(workspace, kubeconfig || (env['KUBECONFIG'] ?? join(home, '.kube', 'config')));
    await mkdir(dirname(target), { recursive: true });
    await copyFile(cluster.kubeconfig, target);
    await chmod(target, 0o600);
    print(`The cluster ${name} is up; its kubeconfig is ${target}.`);
    return { post: () => cluster.stop() };
  },
};

async function countWorkers(path: string): Promise<number> {
  const { nodes = [] } = parse(await readFile(path, 'utf8')) as KindConfig;
  return nodes.filter(({ role }) => role === 'worker').length;
}
