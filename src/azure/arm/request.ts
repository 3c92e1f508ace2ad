import { commandLine } from '../../runtime/command-line.js';
import { identifier } from '../../runtime/identifiers.js';
import type { Effect } from '../effect.js';
import type { apiVersions } from './api-versions.js';

/** One request to Azure Resource Manager. */
export interface ArmRequest {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  /** Empty for the default subscription of the login. */
  readonly subscriptionId: string;
  /** The path below the subscription, such as `/resourceGroups/rg`; empty for the subscription itself. */
  readonly path: string;
  readonly apiVersion: (typeof apiVersions)[keyof typeof apiVersions];
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** The etag that the resource must still have, exactly as Azure returned it. */
  readonly ifMatch?: string;
  /** The purpose, as one phrase for the log and the report. */
  readonly why: string;
  readonly effect: Effect;
  /** Whether the response is a secret, which no error may contain. */
  readonly isSecret?: boolean;
  /** The limit of the response, in milliseconds; 2 minutes by default. */
  readonly timeoutMs?: number;
  /** The limit of the operation that a write starts, in milliseconds; 10 minutes by default. */
  readonly operationMs?: number;
  /** The az command with the same effect; every write has one. */
  readonly equivalent?: readonly string[];
}

/** Returns a read. */
export function armRead(
  why: string,
  subscriptionId: string,
  path: string,
  apiVersion: ArmRequest['apiVersion'],
  query?: ArmRequest['query'],
): ArmRequest {
  const where = { subscriptionId: checkedSubscription(subscriptionId), path, apiVersion };
  return { method: 'GET', ...where, ...(query === undefined ? {} : { query }), why, effect: 'read' };
}

/** Returns a write, without what only some writes have. */
export function armWrite(
  method: Exclude<ArmRequest['method'], 'GET'>,
  request: Omit<ArmRequest, 'method'> & { readonly equivalent: readonly string[] },
): ArmRequest {
  for (const word of request.equivalent) identifier('argument', word);
  return { ...request, method, subscriptionId: checkedSubscription(request.subscriptionId) };
}

function checkedSubscription(subscriptionId: string): string {
  return subscriptionId === '' ? '' : identifier('subscription id', subscriptionId);
}

/** Returns the path and query of a request in a subscription. */
export function pathOf({ path, apiVersion, query }: ArmRequest, subscriptionId: string): string {
  const parameters = Object.entries({ ...query, 'api-version': apiVersion });
  // Like Node, which would encode an apostrophe when it sends the request.
  const encode = (text: string): string => encodeURIComponent(text).replaceAll("'", '%27');
  const search = parameters.map(([key, value]) => `${key}=${encode(value)}`).join('&');
  return `/subscriptions/${subscriptionId}${path}?${search}`;
}

/** Returns the az command with the same effect as one line to copy; a read is an `az rest`, which expands the braces. */
export function equivalentCommand(request: ArmRequest): string {
  const url = pathOf(request, request.subscriptionId || '{subscriptionId}');
  return commandLine({ tool: 'az', argv: request.equivalent ?? ['rest', '--method', 'get', '--url', url] });
}
