import { fieldOf, type Json, type StoredObject } from './objects.js';

/** What may keep a pod from becoming Ready; the last: its container waits, in words of the test. */
export type PodFault =
  | 'image-pull'
  | 'crash-loop'
  | 'unschedulable'
  | 'not-ready'
  | { readonly waiting: { readonly reason: string; readonly message: string } };

export interface PodFacts {
  readonly name: string;
  readonly image: string;
}

/** How the world behind the API behaves. A test may change it at any time. */
export interface Behaviour {
  /** From a pod's creation until it is Ready, in milliseconds. */
  podReadyMs: number;
  /** From a pod's deletion until it is gone, in milliseconds. */
  podEndMs: number;
  podFault: (pod: PodFacts) => PodFault | undefined;
  /** The address that the load balancer gives a Service; undefined: it stays pending. */
  address: string | undefined;
  /** The log of a pod's container; by default what a member prints at its start. */
  log: (pod: StoredObject) => string;
  /** CPU per pod as metrics tell it; undefined: there are no metrics. */
  podCpu: string | undefined;
  /** What SelfSubjectAccessReview answers. */
  allows: (attributes: Json) => boolean;
}

export function healthyBehaviour(): Behaviour {
  return {
    podReadyMs: 5,
    podEndMs: 2,
    podFault: () => undefined,
    address: '127.0.0.1',
    log: printOptions,
    podCpu: '12m',
    allows: () => true,
  };
}

/** A member prints the options it was given, one a line, those from a Secret without their value. */
function printOptions(pod: StoredObject): string {
  const variables = (fieldOf(pod, 'spec.containers.0.env') ?? []) as readonly { name: string; value?: string }[];
  const options = variables.find(({ name }) => name === 'MIGRATORYDATA_EXTRA_OPTS')?.value ?? '';
  const lines = options
    .split(/\s+/)
    .filter(option => option.startsWith('-D'))
    .map(
      option =>
        `INFO ${option
          .slice(2)
          .replaceAll('$(POD_NAME)', pod.metadata.name)
          .replace(/\$\(\w+\)/g, '***')}`,
    );
  return ['INFO Starting MigratoryData server', ...lines, 'INFO Listening on *:8800', ''].join('\n');
}
