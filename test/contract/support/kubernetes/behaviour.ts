import type { Json, StoredObject } from './objects.js';
import { isProbe, printAttempts } from './probe-pod.js';

/** What may keep a pod from becoming Ready; with the last one its container waits, with texts of the test. */
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

/** The behaviour of the cluster behind the API. A test may change it at any time. */
export interface Behaviour {
  /** From a pod's creation until it is Ready, in milliseconds. */
  podReadyMs: number;
  /** From the request to delete a pod until it is deleted, in milliseconds. */
  podEndMs: number;
  podFault: (pod: PodFacts) => PodFault | undefined;
  /** The address that the load balancer assigns to a Service; undefined: it stays pending. */
  address: string | undefined;
  /** The port of loopback at which the members answer; 0 if none does. */
  memberPort: number;
  /** Whether a call is accepted and gets no response. */
  hangs: (path: string) => boolean;
  /** The log of the container of a pod; by default what a member prints at its start. */
  log: (pod: StoredObject) => string;
  /** The CPU per pod in the metrics; undefined: there are no metrics. */
  podCpu: string | undefined;
  /** The result of SelfSubjectAccessReview. */
  allows: (attributes: Json) => boolean;
}

export function healthyBehaviour(): Behaviour {
  return {
    podReadyMs: 5,
    podEndMs: 2,
    podFault: () => undefined,
    address: '127.0.0.1',
    memberPort: 0,
    hangs: () => false,
    log: pod => (isProbe(pod) ? printAttempts(pod) : printOptions(pod)),
    podCpu: '12m',
    allows: () => true,
  };
}

/** A member prints its options, one per line, those from a Secret without their value. */
function printOptions(pod: StoredObject): string {
  const containers = (pod.spec?.['containers'] ?? []) as readonly Json[];
  const server = containers.find(({ name }) => name === 'migratorydata');
  const variables = (server?.['env'] ?? []) as readonly { name: string; value?: string }[];
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
