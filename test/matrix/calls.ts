import type { HttpsRequest, HttpsResponse } from '../../src/runtime/ports.js';
import type { Fault, StruckRequest } from '../lab/azure/fault.js';

/** A call that an operation makes: a kind of request, and the kind of write before it. */
export interface Call {
  /** Such as `GET managedClusters/*`. */
  readonly request: string;
  /** The kind of the last write before it; empty if there was none. */
  readonly after: string;
  /** Whether it is a write with a condition. */
  readonly isConditional: boolean;
  /** Whether it starts an operation. */
  readonly startsOperation: boolean;
}

/** Records requests in their order. */
export interface CallRecorder {
  /** Returns the function to call with the response. */
  begin(request: HttpsRequest): (response: HttpsResponse) => void;
  /** The different calls, in the order of their first occurrence. */
  calls(): readonly Call[];
}

export function createCallRecorder(): CallRecorder {
  const calls = new Map<string, Call>();
  let after = '';
  return {
    begin({ method, url, headers }) {
      const request = kindOf(method, decodeURIComponent(new URL(url).pathname));
      if (request === undefined) return () => undefined;
      const isConditional = 'if-match' in headers || 'if-none-match' in headers;
      const call = { request, after, isConditional, startsOperation: false };
      if (!calls.has(nameOf(call))) calls.set(nameOf(call), call);
      if (method !== 'GET') after = request;
      return response => {
        const starts = method !== 'GET' && ('azure-asyncoperation' in response.headers || response.status === 202);
        if (starts) calls.set(nameOf(call), { ...call, startsOperation: true });
      };
    },
    calls: () => [...calls.values()],
  };
}

export function nameOf({ request, after }: Pick<Call, 'request' | 'after'>): string {
  return after === '' ? request : `${request} after ${after}`;
}

/** Returns whether a call is a write. */
export function isWrite({ request }: Call): boolean {
  return !request.startsWith('GET ');
}

/** Returns the fault for the first request of a call, and for no other one. */
export function atCall(fault: Fault, call: Call): Fault {
  let after = '';
  const when = ({ method, path }: StruckRequest): boolean => {
    const request = kindOf(method, path);
    if (request === undefined) return false;
    const matches = request === call.request && after === call.after;
    if (method !== 'GET') after = request;
    return matches;
  };
  return { ...fault, method: undefined, path: /./, times: 1, when };
}

/**
 * Returns the kind of a request: its method, and the last type in its path with an asterisk for the name. Returns
 * undefined for a request to another service than Azure Resource Manager.
 */
function kindOf(method: string, path: string): string | undefined {
  const [, below] = /^\/subscriptions\/[^/]+(\/.+)?$/i.exec(path) ?? [undefined, undefined];
  if (below === undefined) return undefined;
  const words = below
    .replace(/\/providers\/[^/]+/gi, '')
    .split('/')
    .slice(1);
  const [type = '', name, action] = words.length % 2 === 0 ? words.slice(-2) : words.slice(-3);
  return `${method} ${[type, ...(name === undefined ? [] : ['*']), ...(action === undefined ? [] : [action])].join('/')}`;
}
