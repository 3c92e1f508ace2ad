import type { RunFacts } from '../runtime/ports.js';
import { availableChoice } from './general.js';
import { dnsName, repository } from './names.js';
import type { InputReader } from './reader.js';
import type { Autoscaling, Chaos, Operation, Scaling, Sweep, Teardown, Verification } from './request.js';
import { availableExperiments, whenBlockedModes } from './request.js';
import { boolean, choice, duration, integer, percentage, webAddress } from './values.js';

/** Reads how the deployment is verified. */
export function readVerification(inputs: InputReader): Verification {
  return {
    timeoutMs: inputs.value('verify-timeout', duration('1s', '2h')),
    url: inputs.optional('verify-url', webAddress) ?? '',
  };
}

/** Reads the member counts to walk through. */
export function readScaling(inputs: InputReader): Scaling {
  return { steps: inputs.list('scale-to', integer(1, 100)) };
}

/** Reads what the autoscaler aims at. */
export function readAutoscaling(inputs: InputReader): Autoscaling {
  return { cpuPercent: inputs.value('cpu-percent', integer(1, 1000)) };
}

/** Experiments that the public contract knows and that this version cannot do. */
const reservedExperiments = [
  'baseline',
  'pod-kill',
  'power-off',
  'reboot',
  'node-delete',
  'kubelet-stop',
  'rolling',
  'zone',
  'quorum-loss',
];

/** How long a node stays drained when the user does not say: long enough for the members to settle elsewhere. */
const drainHoldMs = 60_000;

/** Reads the experiments; limits of the measurement are checked as well, although nothing is measured yet. */
export function readChaos(inputs: InputReader): Chaos {
  warnOfMeasurement(inputs);
  inputs.value('allow-unsupported-node-ops', boolean);
  return {
    experiments: inputs.list('experiments', availableChoice(availableExperiments, reservedExperiments)),
    whenBlocked: inputs.value('when-blocked', choice(whenBlockedModes)),
    targetNode: inputs.optional('target-node', dnsName) ?? '',
    holdMs: inputs.optional('hold', duration('0s', '1h')) ?? drainHoldMs,
    maxRecoveryMs: inputs.value('max-recovery', duration('1s', '2h')),
  };
}

/** Inputs that take effect once outages are measured, with their bounds. */
function warnOfMeasurement(inputs: InputReader): void {
  inputs.value('steady', duration('0s', '10m'));
  inputs.value('probe-interval', duration('50ms', '10s'));
  inputs.value('max-outage', duration('0s', '2h'));
  inputs.value('max-degraded', duration('0s', '2h'));
  inputs.value('min-availability', percentage);
  inputs.value('max-lost', integer(0, 1_000_000_000));
  const names = ['steady', 'probe-interval', 'max-outage', 'max-degraded', 'min-availability', 'max-lost'];
  const given = names.filter(name => !inputs.isDefault(name));
  if (given.length > 0) {
    const verb = given.length === 1 ? 'has' : 'have';
    inputs.problems.warn(`${given.join(', ')} ${verb} no effect: outages are not measured in this version.`);
  }
}

/** Reads what is deleted when. `auto` stands for a rule of each operation. */
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

/** Reads whose expired clusters are deleted. */
export function readSweep(inputs: InputReader, run: RunFacts): Sweep {
  const given = inputs.list('sweep-repositories', repository);
  return { repositories: inputs.isDefault('sweep-repositories') ? [run.repository] : given };
}
