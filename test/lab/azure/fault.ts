import type { ArmError, Answer, Json, OperationTrouble } from './messages.js';
import type { Method } from './router.js';

/** Which requests a fault affects, and how many of them. az retries some requests up to 3 times by itself. */
export interface FaultScope {
  readonly method?: Method;
  /** Matches anywhere in the path of the request, case-insensitive. */
  readonly path?: RegExp;
  readonly times?: number;
}

/** The request that creates or updates a cluster: where most faults belong. */
export const onCluster: FaultScope = { method: 'PUT', path: /\/managedClusters\/[^/]+$/ };

export interface StruckRequest {
  readonly method: string;
  readonly path: string;
  readonly json: Json;
}

export type FaultEffect =
  | { readonly kind: 'answer'; readonly answer: (request: StruckRequest) => Answer }
  | { readonly kind: 'drop'; readonly moment: 'before' | 'after' }
  | { readonly kind: 'trouble'; readonly trouble: OperationTrouble };

export interface Fault {
  readonly name: string;
  readonly method: Method | undefined;
  readonly path: RegExp;
  readonly when: (request: StruckRequest) => boolean;
  readonly times: number;
  readonly effect: FaultEffect;
}

/** Returns a fault with a name: `natural` is its scope unless the test sets one. */
export function fault(
  name: string,
  natural: FaultScope,
  scope: FaultScope,
  effect: FaultEffect,
  when: Fault['when'] = () => true,
): Fault {
  const { method, path = /./, times = 1 } = { ...natural, ...scope };
  return { name, method, path: new RegExp(path.source, 'i'), when, times, effect };
}

/** Returns a fault that responds with a refusal of ARM or AKS. */
export function refuses(
  name: string,
  natural: FaultScope,
  scope: FaultScope,
  refusal: (request: StruckRequest) => ArmError,
  when?: Fault['when'],
): Fault {
  return fault(name, natural, scope, { kind: 'answer', answer: request => refusal(request).answer() }, when);
}
