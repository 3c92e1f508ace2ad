import type { Autoscaling } from '../migratorydata/spec.js';
import type { RunFacts } from '../runtime/ports.js';
import { repository } from './name-parsers.js';
import { boolean, choice, duration, integer } from './parsers.js';
import type { InputReader } from './reader.js';
import type { Operation, Recovery, Scaling, Sweep, Teardown, Verification } from './request.js';

/** Reads how the deployment is verified. */
export function readVerification(inputs: InputReader): Verification {
  return {
    timeoutMs: inputs.value('verify-timeout', duration('1s', '2h')),
  };
}

/** Reads the member counts to scale to. */
export function readScaling(inputs: InputReader): Scaling {
  return { steps: inputs.list('scale-to', integer(1, 100)) };
}

/** Reads the target of the autoscaler. */
export function readAutoscaling(inputs: InputReader): Autoscaling {
  return { cpuPercent: inputs.value('cpu-percent', integer(1, 1000)) };
}

/** Reads how a revert record that cannot be reverted is treated. */
export function readRecovery(inputs: InputReader): Recovery {
  return { discardRecord: inputs.value('discard-record', boolean) };
}

/** Reads the teardown policy. `auto` depends on the operation. */
export function readTeardown(inputs: InputReader, operation: Operation): Teardown {
  const policy = inputs.value('teardown', choice(['auto', 'always', 'on-success', 'never']));
  return {
    policy: policy === 'auto' ? resolveAuto(operation) : policy,
    waitForDeletion: inputs.value('wait-for-deletion', boolean),
  };
}

function resolveAuto(operation: Operation): Teardown['policy'] {
  if (operation === 'e2e' || operation === 'teardown') return 'always';
  return operation === 'create' ? 'on-failure' : 'never';
}

/** Reads the repositories whose expired clusters are deleted. */
export function readSweep(inputs: InputReader, run: RunFacts): Sweep {
  const given = inputs.list('sweep-repositories', repository);
  return { repositories: inputs.isDefault('sweep-repositories') ? [run.repository] : given };
}
