import type { RunFacts } from '../runtime/ports.js';
import { readAzureTarget } from './azure-target.js';
import { readChaos } from './chaos-section.js';
import { readClusterSpec } from './cluster-section.js';
import { readComment } from './comment-section.js';
import { readDeployment } from './deployment-section.js';
import type { Environment } from './environment.js';
import { readGeneral, readOperation } from './general-section.js';
import { readKubeconfigTarget } from './kubeconfig-target.js';
import { readAutoscaling, readScaling, readSweep, readTeardown, readVerification } from './operation-sections.js';
import { choice } from './parsers.js';
import type { InputReader } from './reader.js';
import type { Request, Sections, Target } from './request.js';

/** Reads all inputs, also those that the operation does not need: a bad value is wrong wherever it stands. */
export function readSections(inputs: InputReader, run: RunFacts, env: Environment): Sections {
  const operation = readOperation(inputs);
  const general = readGeneral(inputs, operation, run, env);
  const provider = inputs.value('provider', choice(['aks', 'kubeconfig']));
  const azure = readAzureTarget(inputs, run, general.instance);
  const kubeconfig = readKubeconfigTarget(inputs, env);
  const cluster = readClusterSpec(inputs, operation);
  const deployment = readDeployment(inputs, operation);
  const described = { provider, azure, kubeconfig, instance: general.instance, namespace: deployment.namespace };
  return {
    operation,
    provider,
    general: { ...general, comment: readComment(inputs, described) },
    azure,
    kubeconfig,
    cluster,
    deployment,
    verification: readVerification(inputs),
    scaling: readScaling(inputs),
    autoscaling: readAutoscaling(inputs),
    chaos: readChaos(inputs),
    teardown: readTeardown(inputs, operation),
    sweep: readSweep(inputs, run),
  };
}

/** The sections that the operation needs, as its request. */
export function composeRequest(sections: Sections): Request {
  const { operation, general, azure, cluster, deployment, verification, scaling, autoscaling, chaos } = sections;
  const { teardown, sweep } = sections;
  const target: Target = sections.provider === 'aks' ? azure : sections.kubeconfig;
  switch (operation) {
    case 'preflight':
      return { operation, general, target, cluster, deployment };
    case 'render':
      return { operation, general, deployment, autoscaling };
    case 'create':
      return { operation, general, target: azure, cluster, teardown };
    case 'deploy':
    case 'verify':
      return { operation, general, target, deployment, verification };
    case 'scale':
      return { operation, general, target, deployment, verification, scaling };
    case 'autoscale':
      return { operation, general, target, deployment, autoscaling, verification };
    case 'chaos':
      return { operation, general, target, deployment, verification, chaos };
    case 'recover':
    case 'collect':
      return { operation, general, target, deployment };
    case 'teardown':
      return { operation, general, target, deployment, teardown };
    case 'sweep':
      return { operation, general, target: azure, sweep };
    case 'e2e':
      return {
        operation,
        general,
        target,
        cluster,
        deployment,
        verification,
        scaling,
        autoscaling,
        chaos,
        teardown,
      };
  }
}
