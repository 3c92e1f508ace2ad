import { ActionError } from '../../errors/action-error.js';
import { asRecord, required, text } from '../../runtime/json.js';
import type { AzureClient } from '../arm/client.js';
import { findCluster } from '../cluster/cluster-wait.js';
import { findGroup } from '../cluster/groups.js';
import { type Claim, planForExisting } from '../creation/existing.js';
import type { AzureTarget, ClusterSpec } from '../spec.js';
import { checkAzVersion } from './az-version.js';
import {
  listPermissions,
  listSizes,
  listUsage,
  listVersions,
  readProvider,
  readSubscription,
} from './check-requests.js';
import { parseVersions, versionProblem } from './kubernetes-versions.js';
import { missingActions, neededActions, parsePermission } from './permissions.js';
import { evaluateSizes, parseSku, parseUsage, type SizeOffer } from './sizes.js';

/** The findings of the preflight checks. */
export interface Preflight {
  /** Each one would make the creation fail. */
  readonly problems: readonly ActionError[];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  /** The available sizes of node-vm-size, in their order. */
  readonly sizes: readonly SizeOffer[];
}

/** The resource provider of AKS; a subscription registers it once. */
export const providerNamespace = 'Microsoft.ContainerService';

/**
 * The other providers whose resources AKS creates for a cluster. Azure registers them with the first creation, which can
 * fail with a conflict then and leave the cluster Failed ("Register resource provider").
 */
export const clusterProviders: readonly string[] = [
  'Microsoft.Compute',
  'Microsoft.Network',
  'Microsoft.Storage',
  'Microsoft.ManagedIdentity',
];

/** The findings of one kind of check. */
interface Findings {
  readonly problems: ActionError[];
  readonly warnings: string[];
  readonly notes: string[];
}

/**
 * Checks all requirements of a creation without changing anything: az and the login first, because all other checks
 * need them; then registration, permissions, version, sizes with their quota, and names in parallel. A check that cannot
 * be made is a warning: the creation may succeed nevertheless. Starts one az process for its
 * version, beside those for the login, the token and the endpoint.
 * @throws ActionError `tool-missing`, `tool-too-old`, and the codes of a missing or invalid login.
 */
export async function preflightAzure(
  azure: AzureClient,
  target: AzureTarget,
  spec: ClusterSpec,
  claim: Claim,
): Promise<Preflight> {
  const tools = noFindings();
  const subscription = await checkTools(azure, target, tools);
  let sizes: readonly SizeOffer[] = [];
  // The checks are independent; their findings are reported in this order.
  const checks: readonly [string, (findings: Findings) => Promise<void>][] = [
    ['the resource providers', findings => checkProviders(azure, subscription, findings)],
    ['the permissions of the login', findings => checkRights(azure, subscription, findings)],
    ['kubernetes-version', findings => checkVersion(azure, subscription, spec, findings)],
    [
      'node-vm-size and the quota',
      async findings => {
        sizes = await checkSizes(azure, subscription, spec, findings);
      },
    ],
    ['the names', findings => checkNames(azure, { ...target, subscriptionId: subscription }, spec, claim, findings)],
  ];
  const all = await Promise.all(checks.map(([what, check]) => findingsOf(azure, what, check)));
  return {
    problems: all.flatMap(({ problems }) => problems),
    warnings: all.flatMap(({ warnings }) => warnings),
    notes: [...tools.notes, ...all.flatMap(({ notes }) => notes)],
    sizes,
  };
}

function noFindings(): Findings {
  return { problems: [], warnings: [], notes: [] };
}

/** Returns the findings of a check; if it fails itself, a warning that says what was not checked. */
async function findingsOf(
  azure: AzureClient,
  what: string,
  check: (findings: Findings) => Promise<void>,
): Promise<Findings> {
  const findings = noFindings();
  try {
    await check(findings);
  } catch (error) {
    azure.signal.throwIfAborted();
    if (!(error instanceof ActionError)) throw error;
    findings.warnings.push(`Not checked: ${what}. ${error.message} (${error.code})`);
  }
  return findings;
}

/** Checks the version of az and the login, at the same time; returns the id of the subscription. */
async function checkTools(
  azure: AzureClient,
  target: Pick<AzureTarget, 'subscriptionId'>,
  { notes }: Pick<Findings, 'notes'>,
): Promise<string> {
  const subscription = azure.read(readSubscription(target.subscriptionId), json => {
    const fields = asRecord(json);
    return { id: required(fields, 'subscriptionId'), name: text(fields['displayName']) };
  });
  const version = checkAzVersion(azure);
  // Neither may run on after an error of the other. An old az comes first, since it may be the cause of the other error.
  await Promise.allSettled([version, subscription]);
  notes.push(`az ${await version}`);
  const { id, name } = await subscription;
  notes.push(`Logged in to subscription ${name} (${id})`);
  return id;
}

async function checkProviders(
  azure: AzureClient,
  subscription: string,
  { problems, warnings }: Findings,
): Promise<void> {
  const check = async (namespace: string): Promise<ActionError | undefined> => {
    const state = await azure.read(readProvider(subscription, namespace), json =>
      text(asRecord(json)['registrationState']),
    );
    if (state === 'Registered') return undefined;
    const message = `Resource provider ${namespace} is ${state || 'not registered'} in subscription ${subscription}.`;
    const hint = `Run \`az provider register --namespace ${namespace}\`; this takes some minutes.`;
    return new ActionError('azure-provider-unregistered', message, { hint });
  };
  const [aks, ...others] = await Promise.all([providerNamespace, ...clusterProviders].map(check));
  if (aks) problems.push(aks);
  for (const other of others) if (other) warnings.push(`${other.message} ${other.hint}`);
}

/**
 * Checks the permissions on the subscription. A role on an existing resource group may be sufficient, so a missing
 * permission is only a warning.
 */
async function checkRights(azure: AzureClient, subscription: string, { warnings, notes }: Findings): Promise<void> {
  const permissions = await azure.list(listPermissions(subscription), parsePermission);
  const missing = missingActions(permissions, neededActions);
  if (missing.length === 0)
    notes.push('The login can create and delete resource groups and clusters in the subscription');
  else warnings.push(`The login has no permission on the subscription for: ${missing.join(', ')}.`);
}

async function checkVersion(
  azure: AzureClient,
  subscription: string,
  spec: ClusterSpec,
  { problems }: Findings,
): Promise<void> {
  const { kubernetesVersion, location, tier } = spec;
  if (kubernetesVersion === '') return;
  const offered = await azure.read(listVersions(subscription, location), parseVersions);
  const problem = versionProblem(offered, kubernetesVersion, tier);
  if (problem === undefined) return;
  problems.push(
    new ActionError('azure-version-unsupported', `kubernetes-version ${kubernetesVersion} ${problem} in ${location}.`),
  );
}

async function checkSizes(
  azure: AzureClient,
  subscription: string,
  spec: ClusterSpec,
  { problems, warnings, notes }: Findings,
): Promise<readonly SizeOffer[]> {
  const [skus, usages] = await Promise.all([
    azure.list(listSizes(subscription, spec.location), parseSku),
    azure.list(listUsage(subscription, spec.location), parseUsage),
  ]);
  const offers = skus.filter(sku => sku !== undefined);
  const review = evaluateSizes(offers, usages, { ...spec, sizes: spec.nodeVmSizes });
  const reasons = review.refused.map(({ size, reason }) => `${size}: ${reason}.`);
  warnings.push(...review.warnings);
  const first = review.refused[0];
  if (review.usable.length > 0 || !first) {
    warnings.push(...reasons);
    notes.push(`Available node sizes: ${review.usable.map(({ name }) => name).join(', ')}`);
  } else {
    problems.push(new ActionError(first.code, `No size of node-vm-size is available. ${reasons.join(' ')}`));
  }
  return review.usable;
}

async function checkNames(
  azure: AzureClient,
  target: AzureTarget,
  spec: ClusterSpec,
  claim: Claim,
  { problems, notes }: Findings,
): Promise<void> {
  const { resourceGroup, clusterName } = target;
  const [group, cluster] = await Promise.all([findGroup(azure, target), findCluster(azure, target)]);
  if (!group) notes.push(`Resource group ${resourceGroup} does not exist and will be created`);
  else if (group.state === 'Deleting') problems.push(beingDeleted(`Resource group ${resourceGroup}`));
  else notes.push(`Resource group ${resourceGroup} exists in ${group.location} and will be used`);
  if (cluster) {
    const plan = planForExisting(cluster, claim);
    if (plan.kind === 'refuse') problems.push(plan.error);
    else notes.push(`Cluster ${clusterName} exists (${cluster.state})`);
    return;
  }
  const nodeGroup = spec.nodeResourceGroup;
  if (nodeGroup !== '' && (await findGroup(azure, { ...target, resourceGroup: nodeGroup }))) {
    const message = `node-resource-group ${nodeGroup} already exists; AKS must create this resource group.`;
    problems.push(
      new ActionError('azure-invalid', message, { hint: 'Set a name that is not in use, or leave it empty.' }),
    );
  }
}

function beingDeleted(what: string): ActionError {
  return new ActionError('azure-being-deleted', `${what} is being deleted.`);
}

/**
 * Returns all problems as one error, with the code and hint of the first one and all messages. Undefined if there are
 * none.
 */
export function joinProblems(problems: readonly ActionError[]): ActionError | undefined {
  const [first, ...others] = problems;
  if (!first || others.length === 0) return first;
  const message = problems.map(problem => `- ${problem.message} ${problem.hint}`).join('\n');
  return new ActionError(first.code, `${problems.length} problems were found:\n${message}`, {
    evidence: problems
      .map(problem => problem.evidence)
      .join('\n')
      .trim(),
    cause: first,
  });
}
