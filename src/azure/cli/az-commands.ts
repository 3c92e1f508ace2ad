import { identifier } from '../../runtime/identifiers.js';
import type { Command } from '../../runtime/ports.js';
import type { Effect } from '../effect.js';

/** The description of one az process. */
export interface AzCommand extends Command {
  readonly tool: 'az';
  readonly effect: Effect;
  /** Whether the output is a secret, which no error may contain. */
  readonly isSecret?: boolean;
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

/** Returns all tags of a resource for an update, which replaces the existing ones; an empty argument removes all. */
export function replacingTags(tags: Readonly<Record<string, string>>): readonly string[] {
  const words = tagArguments(tags);
  return words.length > 0 ? words : [''];
}

export function showVersion(): AzCommand {
  return azCommand('find the version of az', 'read', 'version');
}

/** Requests a token for Azure Resource Manager; az sends no request when it has a valid one. */
export function getAccessToken(subscriptionId: string): AzCommand {
  const words = ['account', 'get-access-token', ...inSubscription(subscriptionId)];
  return { ...azCommand('get a token of the login', 'read', ...words), isSecret: true };
}

/** Finds out who has logged in. It reads only the stored login; it sends no request. */
export function showAccount(subscriptionId: string): AzCommand {
  return azCommand('find out who is logged in', 'read', 'account', 'show', ...inSubscription(subscriptionId));
}

/**
 * Requests a token for another resource than Azure Resource Manager, which az keeps; prints only when it expires. az
 * sends no request when it has a valid one.
 */
export function getResourceToken(resource: string): AzCommand {
  const words = ['account', 'get-access-token', '--resource', resource];
  return azCommand('get a token that kubelogin requests later', 'read', ...words, '--query', 'expiresOn');
}

/** Reads only the stored configuration; it sends no request. */
export function showCloud(): AzCommand {
  return azCommand('find the endpoint of Azure Resource Manager', 'read', 'cloud', 'show');
}

/** Exchanges the assertion of GitHub for a login. The assertion is passed on standard input, never in argv. */
export function logIn(clientId: string, tenantId: string, assertion: string): AzCommand {
  const identity = ['--service-principal', '--username', clientId, '--tenant', tenantId];
  const command = azCommand('log in to Azure', 'idempotent', 'login', ...identity, '--federated-token', '@-');
  return { ...command, stdin: assertion };
}
