import { ActionError } from '../../errors/action-error.js';
import { asRecord, text } from '../../runtime/json.js';
import { showAccount } from '../cli/az-commands.js';
import { renewBeforeMs } from './access.js';
import type { AzureClient } from './client.js';

/**
 * Returns an error if a plan of `planMs` milliseconds takes longer than the login of an earlier step lasts: the cluster
 * could not be deleted then. Starts an az process only for a plan that outlives its first token.
 */
export async function planOutlivesLogin(
  azure: Pick<AzureClient, 'tokenMs' | 'read'>,
  subscriptionId: string,
  planMs: number,
): Promise<ActionError | undefined> {
  const usableMs = (await azure.tokenMs(subscriptionId)) - renewBeforeMs;
  if (planMs <= usableMs || (await azure.read(showAccount(subscriptionId), isRenewedByAz))) return undefined;
  const [plan, usable] = [planMs, usableMs].map(ms => Math.max(0, Math.round(ms / 60_000)));
  return new ActionError(
    'azure-not-logged-in',
    `The plan may take ${plan} minutes and ends with a deletion, but the login of an earlier step can be used for ${usable} minutes and cannot be renewed.`,
    {
      hint: 'Set client-id and tenant-id, so that the action can log in, log in as a managed identity, or set teardown to never.',
    },
  );
}

/**
 * Returns whether az renews a login by itself, from the output of `az account show`: that of a user with its refresh
 * token, that of a managed identity by asking the machine again (azure-cli-core, `Profile.get_raw_token`). A service
 * principal may have logged in with a token of GitHub, which has expired by then; az does not show how it logged in.
 */
function isRenewedByAz(json: unknown): boolean {
  const user = asRecord(asRecord(json)['user']);
  return text(user['type']) === 'user' || /^(system|user)AssignedIdentity$/.test(text(user['name']));
}
