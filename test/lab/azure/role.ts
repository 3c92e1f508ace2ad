import { roleActionOf } from '../../support/role-action.js';
import { ArmError } from './messages.js';
import { clientId, principalId } from './names.js';

/** A role that allows everything, such as Owner. */
export const everything = '*';

/**
 * Returns the refusal of a request whose action the role of the login does not have; undefined if it may proceed. A list
 * of subscriptions or tenants needs no role: it shows what the caller may see.
 */
export function roleRefusal(
  request: { readonly method: string; readonly path: string },
  role: readonly string[],
): ArmError | undefined {
  if (role.includes(everything) || !/^\/subscriptions\/[^/]/i.test(request.path)) return undefined;
  const action = roleActionOf(request);
  if (role.some(allowed => allowed.toLowerCase() === action.toLowerCase())) return undefined;
  // The scope of an action such as listClusterUserCredential is the resource.
  return authorizationRefusal(action, request.method === 'POST' ? request.path.replace(/\/[^/]+$/, '') : request.path);
}

/** Returns the refusal of an action; the words are those of ARM. */
export function authorizationRefusal(action: string, scope: string): ArmError {
  const message = `The client '${clientId}' with object id '${principalId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`;
  return new ArmError(403, 'AuthorizationFailed', message);
}
