import type { Chaos, ExperimentName } from '../chaos/spec.js';
import { commandLine } from '../runtime/command-line.js';

/** A step of a plan: the command line, and what it is for. */
export interface DryRunStep {
  readonly line: string;
  readonly why: string;
}

/**
 * What the experiments would do, in their order. Which node is meant, and whether a member is added first, only the
 * cluster tells; so the names stand as capitals.
 */
export function chaosSteps({ experiments, targetNode }: Chaos): readonly DryRunStep[] {
  return experiments.flatMap(name => faults[name](targetNode || 'NODE'));
}

function kubectl(why: string, ...argv: readonly string[]): DryRunStep {
  return { line: commandLine({ tool: 'kubectl', argv }), why };
}

/** One instance of a scale set, as its node names it. */
const machine = ['--resource-group', 'MC_GROUP', '--name', 'SCALE-SET'] as const;

function az(why: string, ...argv: readonly string[]): DryRunStep {
  return { line: commandLine({ tool: 'az', argv }), why };
}

function drained(node: string): readonly DryRunStep[] {
  return [
    kubectl('keep new pods off the target', 'cordon', node),
    kubectl('move the members off, one at a time', 'drain', node),
    kubectl('put the node back', 'uncordon', node),
  ];
}

const stopped: readonly DryRunStep[] = [
  az('cut the power', 'vmss', 'stop', ...machine, '--instance-ids', 'ID', '--skip-shutdown'),
  az('give it back', 'vmss', 'start', ...machine, '--instance-ids', 'ID'),
];

const faults: Readonly<Record<ExperimentName, (node: string) => readonly DryRunStep[]>> = {
  baseline: () => [],
  drain: drained,
  rolling: () => drained('EACH-NODE'),
  'pod-kill': () => [
    kubectl('delete a member', 'delete', 'pod', 'MEMBER'),
    kubectl('crash its replacement', 'delete', 'pod', 'MEMBER', '--grace-period=0', '--force'),
  ],
  'power-off': () => stopped,
  zone: () => stopped,
  reboot: () => [az('reboot the machine', 'vmss', 'restart', ...machine, '--instance-ids', 'ID')],
  'node-delete': node => [
    az('delete the machine', 'aks', 'nodepool', 'delete-machines', '--name', 'POOL', '--machine-names', node),
  ],
  'kubelet-stop': () => [
    az('stop the kubelet for a time', 'vmss', 'run-command', 'invoke', ...machine, '--instance-id', 'ID'),
  ],
  'quorum-loss': () => [
    kubectl('leave less than a quorum', 'scale', 'statefulset', 'migratorydata', '--replicas=FEW'),
    kubectl('bring the others back', 'scale', 'statefulset', 'migratorydata', '--replicas=FORMER'),
  ],
};
