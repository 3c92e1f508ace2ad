import type { ExperimentDefinition } from '../chaos/experiment.js';
import { type ExperimentName, experimentNames, experiments, holdMsOf } from '../chaos/experiments/index.js';
import { drainScopes, unlicensedClients, whenBlockedModes } from '../chaos/settings.js';
import type { Chaos } from '../chaos/spec.js';
import type { RunFacts } from '../runtime/ports.js';
import type { BaselineReading } from './baseline-report.js';
import { dnsName } from './name-parsers.js';
import { boolean, choice, duration, integer, percentage, writeDuration } from './parsers.js';
import { pinnedImage } from './quantities.js';
import type { InputReader } from './reader.js';
import type { Sections } from './request.js';

/** Reads the experiments and their limits. */
export function readChaos(inputs: InputReader, { baseline }: BaselineReading): Chaos {
  return {
    experiments: inputs.list('experiments', choice(experimentNames)),
    repeat: inputs.value('repeat', integer(1, 20)),
    ...(baseline && { baseline }),
    whenBlocked: inputs.value('when-blocked', choice(whenBlockedModes)),
    drainScope: inputs.value('drain-scope', choice(drainScopes)),
    targetNode: inputs.optional('target-node', dnsName) ?? '',
    steadyMs: inputs.value('steady', duration('0s', '10m')),
    holdMs: inputs.optional('hold', duration('0s', '1h')),
    probeIntervalMs: inputs.value('probe-interval', duration('50ms', '10s')),
    limits: {
      maxOutageMs: inputs.value('max-outage', duration('0s', '2h')),
      maxDegradedMs: inputs.value('max-degraded', duration('0s', '2h')),
      maxRecoveryMs: inputs.value('max-recovery', duration('1s', '2h')),
      minAvailability: inputs.value('min-availability', percentage),
      maxLost: inputs.value('max-lost', integer(0, 1_000_000_000)),
    },
    clients: inputs.value('clients', integer(1, 5_000)),
    probeImage: inputs.optional('probe-image', pinnedImage) ?? '',
    allowUnsupportedNodeOps: inputs.value('allow-unsupported-node-ops', boolean),
  };
}

/** Reports experiments that cannot run with these inputs. */
export function checkChaos(inputs: InputReader, sections: Sections): void {
  const { areValid, isDefault, isGiven, text, problems } = inputs;
  // A live deployment knows whether it has REST: `runChaos` asks it.
  const lacksRest = !sections.deployment.rest && areValid('rest') && (sections.operation === 'e2e' || isGiven('rest'));
  if (!isDefault('max-lost') && lacksRest && areValid('max-lost')) {
    problems.add({
      input: 'max-lost',
      value: text('max-lost'),
      rule: 'requires rest: without it, lost messages are not measured',
      remedy: 'set rest to true, or remove max-lost',
    });
  }
  if (!areValid('experiments')) return;
  const { provider, chaos } = sections;
  const refuse = (name: ExperimentName, rule: string, remedy: string): void => {
    problems.add({ input: 'experiments', value: name, rule, remedy });
  };
  for (const name of new Set(chaos.experiments)) {
    const definition = experiments[name];
    const { needs } = definition;
    if (needs.azure && provider === 'kubeconfig' && areValid('provider')) {
      refuse(
        name,
        'changes machines in Azure and requires provider aks',
        'set provider to aks, or choose drain or pod-kill',
      );
    }
    if (needs.unsupported && !chaos.allowUnsupportedNodeOps && areValid('allow-unsupported-node-ops')) {
      const remedy =
        'set allow-unsupported-node-ops to true on a cluster that may lose its support, or choose node-delete';
      refuse(name, 'changes machines in a way that Microsoft does not support on AKS', remedy);
    }
    if (needs.rest && lacksRest) {
      refuse(name, 'can only be observed by messages that are not accepted', 'set rest to true');
    }
    checkHold(inputs, definition, chaos.holdMs);
    checkRecovery(inputs, definition, chaos);
  }
}

/** What the step has open beside the connections of clients: attempts that wait, requests, programs, files. */
const otherFiles = 256;

/** Reports more connections than the runner can hold, or than the servers accept without a license. */
export function checkClients(
  { areValid, problems, text }: InputReader,
  { operation, deployment, chaos: { clients } }: Sections,
  { openFiles }: RunFacts,
): void {
  if (!areValid('clients')) return;
  const refuse = (rule: string, remedy: string): void => {
    problems.add({ input: 'clients', value: text('clients'), rule, remedy });
  };
  if (clients + otherFiles > openFiles) {
    const most = openFiles - otherFiles;
    refuse(
      `needs more open files than this runner allows: ${openFiles}, of which ${otherFiles} are for the rest of the step`,
      most < 1 ? 'raise the limit of open files' : `set clients to ${most} or less, or raise the limit of open files`,
    );
  }
  // A live deployment knows whether it has a license: `runChaos` asks it.
  if (operation === 'e2e' && clients > unlicensedClients && deployment.secrets.licenseKey === undefined) {
    refuse(
      `is more than ${unlicensedClients}, and the servers accept 100 connections without license-key`,
      `set license-key, or clients to ${unlicensedClients} or less`,
    );
  }
}

/** A fault that is held for longer than the recovery may take has failed before it is reverted. */
function checkRecovery(
  { areValid, isDefault, problems, text }: InputReader,
  { name, hold: { endsByRevert } }: ExperimentDefinition<ExperimentName>,
  { holdMs: wantedMs, limits: { maxRecoveryMs } }: Chaos,
): void {
  const holdMs = holdMsOf(name, wantedMs);
  if (endsByRevert || holdMs <= maxRecoveryMs || !areValid('hold', 'max-recovery')) return;
  if (isDefault('hold') && isDefault('max-recovery')) return;
  problems.add({
    input: 'max-recovery',
    value: text('max-recovery'),
    rule: `cannot be met: ${name} is held for ${writeDuration(holdMs)}, and recovery is counted from the fault`,
    remedy: `set max-recovery to ${writeDuration(holdMs)} or more, or hold to less`,
  });
}

function checkHold(
  { areValid, problems, text }: InputReader,
  { name, hold: { longestMs } }: ExperimentDefinition,
  holdMs: number | undefined,
): void {
  if (longestMs === undefined || holdMs === undefined || holdMs <= longestMs || !areValid('hold')) return;
  problems.add({
    input: 'hold',
    value: text('hold'),
    rule: `is longer than ${name} can be held (${writeDuration(longestMs)}): Azure would repair the node during the fault`,
    remedy: `set hold to ${writeDuration(longestMs)} or less, or leave it empty`,
  });
}
