import { inputGroups } from './input-defaults.js';
import type { Operation } from './request.js';

type InputGroup = keyof typeof inputGroups;

const cluster = ['General', 'Azure', 'Kubernetes'] as const;
const deployed = [...cluster, 'MigratoryData', 'Exposure', 'Verify'] as const;

/** The groups of inputs that an operation uses. */
const groupsOf: Readonly<Record<Operation, readonly InputGroup[]>> = {
  preflight: [...cluster, 'MigratoryData', 'Exposure'],
  render: ['General', 'Kubernetes', 'MigratoryData', 'Exposure', 'Autoscale'],
  create: ['General', 'Azure', 'Teardown'],
  deploy: deployed,
  verify: deployed,
  scale: [...deployed, 'Scale'],
  autoscale: [...deployed, 'Autoscale'],
  chaos: [...deployed, 'Chaos'],
  recover: [...cluster, 'Recover'],
  collect: cluster,
  teardown: [...cluster, 'Teardown'],
  sweep: ['General', 'Azure', 'Teardown'],
  e2e: [...deployed, 'Scale', 'Autoscale', 'Chaos', 'Teardown'],
};

/** The operations on a deployment that is there: they need not be told again what the cluster knows. */
const onLive: readonly Operation[] = ['verify', 'scale', 'autoscale', 'chaos', 'recover', 'collect', 'teardown'];

/** Returns whether an operation works on a live deployment. */
export function worksOnLive(operation: Operation): boolean {
  return onLive.includes(operation);
}

/** Returns whether an operation uses an input. A text that is not an operation uses all of them. */
export function isUsedBy(operation: string, input: string): boolean {
  const groups = (groupsOf as Readonly<Record<string, readonly InputGroup[]>>)[operation];
  return groups?.some(group => Object.hasOwn(inputGroups[group], input)) ?? true;
}
