import type { Request } from '../../../src/operations/index.js';
import type { CommandResult } from '../../../src/runtime/ports.js';
import { clusterId, fails, groupJson, prints, ref } from '../azure/fixtures.js';
import { namespaces, OperationBench } from './support.js';

export const onAks = {
  ...{
    provider: 'aks',
    'subscription-id': ref.subscriptionId,
    'resource-group': 'rg-shop',
    'cluster-name': 'aks-shop',
  },
  ...{ instance: 'check-0', namespace: 'ns', 'node-count': '3' },
};
const kubeconfig = prints({ kubeconfigs: [{ value: Buffer.from('users: []').toString('base64') }] });
export const locked = fails('(ScopeLocked) The scope cannot perform delete operation because it is locked.');

/** A step on AKS. `given` are the first rules of az: the first that matches answers. */
export async function start(
  operation: Request['operation'],
  ...given: readonly (readonly [string, ...Partial<CommandResult>[]])[]
): Promise<OperationBench> {
  const bench = await OperationBench.start(operation);
  for (const [text, ...answers] of given) bench.runner.on(text, ...answers);
  bench.runner
    .on('listClusterUserCredential', kubeconfig)
    .on('PUT resourceGroups/', prints(groupJson()))
    .on('aks create', {});
  bench.runner.on('GET rg-shop/resources', prints([{ id: clusterId }])).on('DELETE ', {});
  return bench;
}

/** The group or the cluster as Azure shows it: its state is Deleting once its deletion was asked for. */
export function shown(bench: () => OperationBench, json: Readonly<Record<string, unknown>>): Partial<CommandResult> {
  const properties = { ...(json['properties'] as object), provisioningState: 'Deleting' };
  const deleting = { ...json, properties };
  return {
    get stdout() {
      const isAsked = (line: string): boolean =>
        line.startsWith('DELETE') && line.split(' ')[1]?.endsWith(`/${String(json['name'])}`) === true;
      return JSON.stringify(bench().runner.lines().some(isAsked) ? deleting : json);
    },
  };
}

/** Another run holds the lock on a namespace, and renews it while it is watched. */
export function workOn({ cluster, clock }: OperationBench, namespace: string): void {
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  const renew = (afterMs: number): void => {
    const renewTime = new Date(clock.date().getTime() + afterMs).toISOString();
    const spec = { holderIdentity: 'acme/shop/7/chaos-0', leaseDurationSeconds: 30, acquireTime: 'noon', renewTime };
    cluster.put(leases, { metadata: { name: 'migratorydata-aks', namespace }, spec });
  };
  cluster.put(namespaces, { metadata: { name: namespace } });
  renew(0);
  cluster.scripts.push(({ method, path, query }) => {
    if (method === 'GET' && path === leases && query.has('watch')) {
      setImmediate(() => {
        renew(1_000);
      });
    }
    return false;
  });
}
