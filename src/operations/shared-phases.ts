import { join } from 'node:path';
import { azureStep } from '../azure/arm/call.js';
import { listCredentials, readCluster } from '../azure/cluster/cluster-requests.js';
import type { Target } from '../inputs/request.js';
import { readClientVersion } from '../kubernetes/api/kubectl-version.js';
import { proxyCommand } from '../kubernetes/api/proxy.js';
import type { Deployment } from '../migratorydata/spec.js';
import { commandLine, type CommandStep, commandStep } from '../runtime/command-line.js';
import type { Phase } from './operation.js';

/** The version of kubectl, which every cluster needs. */
export const clientVersion: CommandStep = commandStep(readClientVersion);

/** Fetches the credentials of an AKS cluster, and opens the connection to the Kubernetes API. */
export function connectPhase(target: Target): Phase {
  return {
    name: 'connect',
    commands({ context: { ports } }) {
      const { tempFolder } = ports.run;
      const kubeconfig =
        target.kind === 'kubeconfig' && 'path' in target.source
          ? target.source.path
          : join(tempFolder, 'migratorydata-aks-kubeconfig-UUID', 'config');
      const credentials = target.kind === 'aks' ? [azureStep(listCredentials(target, 'user', kubeconfig))] : [];
      const context = target.kind === 'kubeconfig' ? target.context : '';
      const socket = join(tempFolder, 'k8s-UUID', 'k8s.sock');
      return [...credentials, commandStep(proxyCommand(socket, { kubeconfig, context }))];
    },
  };
}

/** As `connectPhase`, for an operation that works on a cluster, which must not expire meanwhile. */
export function workPhase(target: Target): Phase {
  const connect = connectPhase(target);
  if (target.kind !== 'aks') return connect;
  const why = 'check whether the cluster expires during this step; if so, its expiry is moved';
  return { ...connect, commands: dryRun => [{ ...azureStep(readCluster(target)), why }, ...connect.commands(dryRun)] };
}

/** kubectl applies the patches of the user to the manifests. */
export function patchCommands({ patches }: Deployment): readonly CommandStep[] {
  if (patches === '') return [];
  const line = commandLine({ tool: 'kubectl', argv: ['kustomize', 'FOLDER'] });
  return [{ line, why: `apply the patches in ${patches} to the manifests` }];
}
