import { ActionError } from '../errors/action-error.js';
import { asRecord, required, text } from '../runtime/json.js';
import { checkAzVersion } from './az-version.js';
import type { Az } from './az.js';
import { listVersions } from './cluster-commands.js';
import { findCluster } from './cluster-wait.js';
import { listPermissions, listSizes, listUsage, showAccount, showProvider } from './commands.js';
import { type Claim, planForExisting } from './existing.js';
import { findGroup } from './groups.js';
import { parseVersions, versionProblem } from './kubernetes-versions.js';
import { missingActions, neededActions, parsePermissions } from './permissions.js';
import { evaluateSizes, parseSizes, parseUsage, type SizeOffer } from './sizes.js';
import type { AzureTarget, ClusterSpec } from './spec.js';

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

/** The findings of one kind of check. */
interface Findings {
  readonly problems: ActionError[];
  readonly warnings: string[];
  readonly notes: string[];
}

/**
 * Checks all requirements of a creation without changing anything: az and the login first, because all other checks
 * need them; then registration, permissions, version, sizes with their quota, and names in parallel. Starts about nine
 * az processes.
 * @throws ActionError `tool-missing`, `tool-too-old`, and the codes of a missing or invalid login.
 */
export async function preflightAzure(az: Az, target: AzureTarget, spec: ClusterSpec, claim: Claim): Promise<Preflight> {
  const tools = noFindings();
  const subscription = await checkTools(az, target, tools);
  // The checks are independent, and each takes seconds; their findings are reported in this order.
  const [provider, rights, version, size, names] = [
    noFindings(),
    noFindings(),
    noFindings(),
    noFindings(),
    noFindings(),
  ];
  const checks = [
    checkProvider(az, subscription, provider),
    checkRights(az, subscription, rights),
    checkVersion(az, subscription, spec, version),
    checkNames(az, { ...target, subscriptionId: subscription }, spec, claim, names),
  ];
  const offers = checkSizes(az, subscription, spec, size);
  // Wait for all checks even if one fails: no process may be left running after an error.
  await Promise.allSettled([offers, ...checks]);
  await Promise.all(checks);
  const all = [tools, provider, rights, version, size, names];
  return {
    problems: all.flatMap(({ problems }) => problems),
    warnings: all.flatMap(({ warnings }) => warnings),
    notes: all.flatMap(({ notes }) => notes),
    sizes: await offers,
  };
}

function noFindings(): Findings {
  return { problems: [], warnings: [], notes: [] };
}

/** Checks the version and the login; returns the id of the subscription. */
async function checkTools(
  az: Az,
  target: Pick<AzureTarget, 'subscriptionId' | 'login'>,
  { notes }: Pick<Findings, 'notes'>,
): Promise<string> {
  notes.push(`az ${await checkAzVersion(az)}`);
  const account = await az.read(showAccount(target.subscriptionId), json => {
    const fields = asRecord(json);
    return { id: required(fields, 'id'), name: text(fields['name']), user: text(asRecord(fields['user'])['name']) };
  });
  notes.push(`Logged in as ${account.user} in subscription ${account.name} (${account.id})`);
  return account.id;
}

async function checkProvider(az: Az, subscription: string, { problems }: Findings): Promise<void> {
  const state = await az.read(showProvider(subscription, providerNamespace), json => text(asRecord(json)['state']));
  if (state === 'Registered') return;
  const message = `Resource provider ${providerNamespace} is ${state || 'not registered'} in subscription ${subscription}.`;
  const hint = `Run \`az provider register --namespace ${providerNamespace}\`; this takes some minutes.`;
  problems.push(new ActionError('azure-provider-unregistered', message, { hint }));
}

/**
 * Checks the permissions on the subscription. A role on an existing resource group may be sufficient, so a missing
 * permission is only a warning.
 */
async function checkRights(az: Az, subscription: string, { warnings, notes }: Findings): Promise<void> {
  try {
    const permissions = await az.read(listPermissions(`/subscriptions/${subscription}`), parsePermissions);
    const missing = missingActions(permissions, neededActions);
    if (missing.length === 0)
      notes.push('The login can create and delete resource groups and clusters in the subscription');
    else warnings.push(`The login has no permission on the subscription for: ${missing.join(', ')}.`);
  } catch (error) {
    az.signal.throwIfAborted();
    if (!(error instanceof ActionError)) throw error;
    notes.push(`The permissions of the login were not checked: ${error.message}`);
  }
}

async function checkVersion(az: Az, subscription: string, spec: ClusterSpec, { problems }: Findings): Promise<void> {
  const { kubernetesVersion, location, tier } = spec;
  if (kubernetesVersion === '') return;
  const offered = await az.read(listVersions(subscription, location), parseVersions);
  const problem = versionProblem(offered, kubernetesVersion, tier);
  if (problem === undefined) return;
  problems.push(
    new ActionError('azure-version-unsupported', `kubernetes-version ${kubernetesVersion} ${problem} in ${location}.`),
  );
}

async function checkSizes(
  az: Az,
  subscription: string,
  spec: ClusterSpec,
  { problems, warnings, notes }: Findings,
): Promise<readonly SizeOffer[]> {
  const [offers, usages] = await Promise.all([
    az.read(listSizes(subscription, spec.location), parseSizes),
    az.read(listUsage(subscription, spec.location), parseUsage),
  ]);
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
  az: Az,
  target: AzureTarget,
  spec: ClusterSpec,
  claim: Claim,
  { problems, notes }: Findings,
): Promise<void> {
  const { resourceGroup, clusterName } = target;
  const group = await findGroup(az, target);
  if (!group) notes.push(`Resource group ${resourceGroup} does not exist and will be created`);
  else if (group.state === 'Deleting') problems.push(beingDeleted(`Resource group ${resourceGroup}`));
  else notes.push(`Resource group ${resourceGroup} exists in ${group.location} and will be used`);
  const cluster = group && (await findCluster(az, target));
  if (cluster) {
    const plan = planForExisting(cluster, claim);
    if (plan.kind === 'refuse') problems.push(plan.error);
    else notes.push(`Cluster ${clusterName} exists (${cluster.state})`);
    return;
  }
  const nodeGroup = spec.nodeResourceGroup;
  if (nodeGroup !== '' && (await findGroup(az, { ...target, resourceGroup: nodeGroup }))) {
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

/** A login of an earlier step cannot be renewed: after a longer plan, the cluster could not be deleted. */
const longestBorrowedPlanMs = 45 * 60_000;

/** Returns an error if the plan takes longer than a login that cannot be renewed; otherwise undefined. */
export function planOutlivesLogin(planMs: number, hasOwnLogin: boolean, tearsDown: boolean): ActionError | undefined {
  if (hasOwnLogin || !tearsDown || planMs <= longestBorrowedPlanMs) return undefined;
  const minutes = Math.round(planMs / 60_000);
  return new ActionError(
    'azure-not-logged-in',
    `The plan may take ${minutes} minutes and ends with a deletion, but a login of an earlier step is valid for about 60 minutes and cannot be renewed.`,
    { hint: 'Set client-id and tenant-id, so that the action can log in, or set teardown to never.' },
  );
}
