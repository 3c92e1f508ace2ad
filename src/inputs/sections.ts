import type { Deployment } from '../migratorydata/spec.js';
import type { RunFacts } from '../runtime/ports.js';
import { readAzureTarget } from './azure-target.js';
import type { BaselineReading } from './baseline-report.js';
import { readChaos } from './chaos-section.js';
import { readClusterSpec } from './cluster-section.js';
import { readComment } from './comment-section.js';
import type { ConfigReading } from './config-source.js';
import { readDeployment } from './deployment-section.js';
import { effectiveValues } from './effective-values.js';
import type { Environment } from './environment.js';
import { readGeneral, readOperation } from './general-section.js';
import { readKubeconfigTarget } from './kubeconfig-target.js';
import {
  readAutoscaling,
  readRecovery,
  readScaling,
  readSweep,
  readTeardown,
  readVerification,
} from './operation-sections.js';
import { choice } from './parsers.js';
import type { InputReader } from './reader.js';
import type { Sections } from './request.js';

/** Reads all inputs, also those that the operation does not need: an invalid value is always reported. */
export function readSections(
  inputs: InputReader,
  run: RunFacts,
  env: Environment,
  { config, baseline }: { readonly config: ConfigReading; readonly baseline: BaselineReading },
): Sections {
  const operation = readOperation(inputs);
  const general = readGeneral(inputs, operation, run, env);
  const provider = inputs.value('provider', choice(['aks', 'kubeconfig']));
  const azure = readAzureTarget(inputs, run, general.instance);
  const kubeconfig = readKubeconfigTarget(inputs, env);
  const cluster = readClusterSpec(inputs, operation, azure);
  const deployment = { ...readDeployment(inputs, operation), ...noteOf(config) };
  const described = { provider, azure, kubeconfig, instance: general.instance, deployment };
  return {
    operation,
    provider,
    target: provider === 'aks' ? azure : kubeconfig,
    general: { ...general, comment: readComment(inputs, described) },
    azure,
    kubeconfig,
    cluster,
    deployment,
    verification: readVerification(inputs),
    scaling: readScaling(inputs),
    autoscaling: readAutoscaling(inputs),
    chaos: readChaos(inputs, baseline),
    recovery: readRecovery(inputs),
    teardown: readTeardown(inputs, operation),
    sweep: readSweep(inputs, run),
    effective: effectiveValues(inputs),
  };
}

function noteOf({ isOff, file }: ConfigReading): Pick<Deployment, 'config'> {
  if (isOff) return { config: 'none' };
  return file === undefined ? {} : { config: { path: file.path, digest: file.digest } };
}
