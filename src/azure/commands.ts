import { identifier } from '../runtime/identifiers.js';
import type { Command } from '../runtime/ports.js';

/**
 * Whether a command can be repeated. A `read` and an `idempotent` write can. A `guarded` one cannot after a lost
 * response, because the first run may have taken effect: its caller reads the state first.
 */
export type Effect = 'read' | 'idempotent' | 'guarded';

/** The description of one az process. */
export interface AzCommand extends Command {
  readonly tool: 'az';
  readonly effect: Effect;
}

export interface GroupRef {
  /** Empty for the default subscription of the login. */
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

export interface ClusterRef extends GroupRef {
  readonly clusterName: string;
}

const readTimeoutMs = 2 * 60_000;
const writeTimeoutMs = 5 * 60_000;

/**
 * Completes an az command line. The command always prints JSON and no warnings, regardless of the az settings on the
 * runner: azure/login recommends `AZURE_CORE_OUTPUT=none`, which would print nothing.
 */
export function azCommand(why: string, effect: Effect, ...words: readonly string[]): AzCommand {
  // Each builder validates its own arguments; this check covers all commands, including future ones.
  for (const word of words) if (word !== '@-') identifier('argument', word);
  const timeoutMs = effect === 'read' ? readTimeoutMs : writeTimeoutMs;
  return { tool: 'az', argv: [...words, '--only-show-errors', '-o', 'json'], why, effect, timeoutMs };
}

/**
 * Returns the flag that selects the subscription for one command, so that the default of the login is never changed.
 */
export function inSubscription(subscriptionId: string): readonly string[] {
  return subscriptionId === '' ? [] : ['--subscription', identifier('subscription id', subscriptionId)];
}

/** Returns tags as az arguments: one `key=value` each. */
export function tagArguments(tags: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(tags).map(([key, value]) => `${identifier('tag key', key)}=${identifier('tag value', value)}`);
}

export function showVersion(): AzCommand {
  return azCommand('find the version of az', 'read', 'version');
}

/** Reads only the stored profile; it sends no request. */
export function showAccount(subscriptionId: string): AzCommand {
  return azCommand('find the current login', 'read', 'account', 'show', ...inSubscription(subscriptionId));
}

/** Exchanges the assertion of GitHub for a login. The assertion is passed on standard input, never in argv. */
export function logIn(clientId: string, tenantId: string, assertion: string): AzCommand {
  const identity = ['--service-principal', '--username', clientId, '--tenant', tenantId];
  const command = azCommand('log in to Azure', 'idempotent', 'login', ...identity, '--federated-token', '@-');
  return { ...command, stdin: assertion };
}

export function showGroup({ subscriptionId, resourceGroup }: GroupRef): AzCommand {
  const words = [
    'group',
    'show',
    '--name',
    identifier('resource group', resourceGroup),
    ...inSubscription(subscriptionId),
  ];
  return azCommand(`look for resource group ${resourceGroup}`, 'read', ...words);
}

export function createGroup(
  { subscriptionId, resourceGroup }: GroupRef,
  location: string,
  tags: Readonly<Record<string, string>>,
): AzCommand {
  const name = identifier('resource group', resourceGroup);
  const words = ['group', 'create', '--name', name, '--location', location, ...inSubscription(subscriptionId)];
  return azCommand(`create resource group ${resourceGroup}`, 'idempotent', ...words, '--tags', ...tagArguments(tags));
}

/** Returns when Azure has accepted the deletion. */
export function deleteGroup({ subscriptionId, resourceGroup }: GroupRef): AzCommand {
  const name = identifier('resource group', resourceGroup);
  const words = ['group', 'delete', '--name', name, ...inSubscription(subscriptionId), '--yes', '--no-wait'];
  return azCommand(`delete resource group ${resourceGroup}`, 'idempotent', ...words);
}

/** Lists all resource groups with a tag and value. */
export function listGroups(subscriptionId: string, tag: string, value: string): AzCommand {
  const words = ['group', 'list', '--tag', `${tag}=${value}`, ...inSubscription(subscriptionId)];
  return azCommand(`list resource groups tagged ${tag}=${value}`, 'read', ...words);
}

export function listResources({ subscriptionId, resourceGroup }: GroupRef): AzCommand {
  const group = identifier('resource group', resourceGroup);
  const words = ['resource', 'list', '--resource-group', group, ...inSubscription(subscriptionId)];
  return azCommand(`list the resources of resource group ${resourceGroup}`, 'read', ...words);
}

/** Adds tags to a resource, or replaces their values; other tags stay. */
export function mergeTags(resourceId: string, tags: Readonly<Record<string, string>>): AzCommand {
  const words = ['tag', 'update', '--resource-id', identifier('resource id', resourceId), '--operation', 'Merge'];
  return azCommand('renew the expiry of the cluster', 'idempotent', ...words, '--tags', ...tagArguments(tags));
}

/** Lists the failed events of a resource in the last six hours, newest first. */
export function listActivity(subscriptionId: string, resourceId: string): AzCommand {
  const id = identifier('resource id', resourceId);
  const words = ['monitor', 'activity-log', 'list', '--resource-id', id, '--status', 'Failed'];
  const limits = ['--offset', '6h', '--max-events', '20', ...inSubscription(subscriptionId)];
  return azCommand('read the activity log of the cluster', 'read', ...words, ...limits);
}

export function showProvider(subscriptionId: string, namespace: string): AzCommand {
  const words = ['provider', 'show', '--namespace', namespace, ...inSubscription(subscriptionId)];
  return azCommand(
    `check whether ${namespace} is registered`,
    'read',
    ...words,
    '--query',
    '{state: registrationState}',
  );
}

/**
 * Lists the permissions of the caller at a scope; see "Permissions - List for resource group" in the Azure REST
 * reference.
 */
export function listPermissions(scope: string): AzCommand {
  const url = `${identifier('resource id', scope)}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`;
  return azCommand('list the permissions of the login', 'read', 'rest', '--method', 'get', '--url', url);
}

const skuFields =
  '[].{name:name,family:family,locationInfo:locationInfo[].{zones:zones},' +
  'restrictions:restrictions[].{type:type,reasonCode:reasonCode,zones:restrictionInfo.zones},' +
  "capabilities:capabilities[?name=='vCPUs'||name=='MemoryGB'||name=='CpuArchitectureType'||name=='EphemeralOSDiskSupported']}";

/**
 * Lists all VM sizes of a location with their restrictions; `--all` includes the restricted ones, which az hides by
 * default.
 */
export function listSizes(subscriptionId: string, location: string): AzCommand {
  const words = ['vm', 'list-skus', '--location', location, '--resource-type', 'virtualMachines', '--all'];
  const limits = [...inSubscription(subscriptionId), '--query', skuFields];
  return azCommand(`list the VM sizes of ${location}`, 'read', ...words, ...limits);
}

export function listUsage(subscriptionId: string, location: string): AzCommand {
  const words = ['vm', 'list-usage', '--location', location, ...inSubscription(subscriptionId)];
  return azCommand(`read the vCPU quota of ${location}`, 'read', ...words);
}
