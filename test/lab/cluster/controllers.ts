import { setTimeout as sleep } from 'node:timers/promises';
import { readObjects, type StoredObjects } from './etcd.js';

/** The namespaces that each API server creates. */
const firstNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
const pollMs = 200;
/**
 * Controllers that have not begun after this time do not run: the controller manager ends when the API server is not
 * healthy within 20 seconds (seen with 1.36; WaitForAPIServer in cmd/kube-controller-manager).
 */
const controllersStartMs = 22_000;
/** How often the controllers may be started. */
const mostStarts = 3;

interface Programs {
  /** The address of etcd, without TLS and login. */
  readonly etcd: string;
  /** Starts the programs again that have ended. */
  readonly restart: () => Promise<void>;
}

/**
 * Resolves when the controllers of a new control plane have created what each namespace has; the API server responds
 * before. Controllers that do not begin are started again.
 * @throws Error when they still have not begun.
 */
export async function waitForControllers({ etcd, restart }: Programs, startMs = controllersStartMs): Promise<void> {
  for (let start = 1; !(await haveBegunWithin(etcd, startMs)); start += 1) {
    if (start === mostStarts) throw new Error(`no controllers run, although they were started ${mostStarts} times`);
    await restart();
  }
}

async function haveBegunWithin(etcd: string, ms: number): Promise<boolean> {
  const deadlineMs = performance.now() + ms;
  while (performance.now() < deadlineMs) {
    if (haveBegun(await readObjects(etcd))) return true;
    await sleep(pollMs);
  }
  return false;
}

/** https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin, and its root-ca-cert-publisher. */
function haveBegun(objects: StoredObjects): boolean {
  return firstNamespaces.every(
    namespace =>
      `/registry/serviceaccounts/${namespace}/default` in objects &&
      `/registry/configmaps/${namespace}/kube-root-ca.crt` in objects,
  );
}
