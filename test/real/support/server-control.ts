import type { Pod } from '../../../src/kubernetes/api/types.js';
import { controlPort, type ServerFaults, type ServerState } from '../../lab/server/control.js';

/** Sets the faults of the server of a pod, and forgets what it has recorded. The host has a route to all pods. */
export async function setFaults(pod: Pod | undefined, faults: ServerFaults): Promise<void> {
  await fetch(urlOf(pod), { method: 'PUT', body: JSON.stringify(faults) });
}

/** Returns the pods whose server says that it is the coordinator: one, unless members are cut off. */
export async function coordinatorsAmong(pods: readonly Pod[]): Promise<readonly Pod[]> {
  const states = await Promise.all(pods.map(readState));
  return pods.filter((_, index) => states[index]?.isCoordinator);
}

export async function readState(pod: Pod): Promise<ServerState> {
  return (await (await fetch(urlOf(pod))).json()) as ServerState;
}

function urlOf(pod: Pod | undefined): string {
  return `http://${pod?.status.podIP ?? ''}:${controlPort}/`;
}
