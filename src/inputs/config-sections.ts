import { inputGroups } from './input-defaults.js';
import { isSecret } from './secret-inputs.js';

type Group = keyof typeof inputGroups;

/** The sections of the config file, with the groups of inputs that each may have. */
const groupsOf: Readonly<Record<string, readonly Group[]>> = {
  deployment: ['Kubernetes', 'MigratoryData'],
  exposure: ['Exposure'],
  azure: ['Azure'],
  verify: ['Verify'],
  scale: ['Scale'],
  autoscale: ['Autoscale'],
  chaos: ['Chaos'],
};

/**
 * Inputs of these groups that the file must not have. It says what is deployed and how it is tested, so that a pull
 * request may change it: never where it is, who logs in, what is deleted, or that more may break than usual.
 */
const refused: readonly string[] = [
  'subscription-id',
  'tenant-id',
  'client-id',
  'credentials',
  'resource-group',
  'node-resource-group',
  'cluster-name',
  'existing-cluster',
  'extra-create-args',
  'kubeconfig',
  'context',
  'namespace',
  'name',
  'allow-full-restart',
  'target-node',
  'allow-unsupported-node-ops',
];

/** The names of the inputs that each section of the config file may have, in order. */
export const configSections: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(groupsOf).map(([section, groups]) => [
    section,
    groups.flatMap(group => Object.keys(inputGroups[group])).filter(name => !refused.includes(name) && !isSecret(name)),
  ]),
);

/** Inputs whose value is a path. In the file it must stay inside the workspace. */
export const pathInputs: readonly string[] = ['patches', 'resources', 'tls-ca', 'baseline-report'];
