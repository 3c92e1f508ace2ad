import { setTimeout as pause } from 'node:timers/promises';
import { isReady } from '../../src/kubernetes/pods.js';
import type { Node } from '../../src/kubernetes/types.js';
import { startLab } from '../lab/lab.js';
import { type DyingDrain, namespace, startDyingDrain } from '../lab/scenarios/support/dying-drain.js';
import { leftoversOf } from '../lab/scenarios/support/leftovers.js';
import { namesOf } from '../lab/scenarios/support/objects.js';
import { randomOf, seed } from '../lab/scenarios/support/random.js';
import { waitForObjects } from '../lab/wait.js';

/** Kills at random moments, in addition to those at each change. */
const randomKills = 35;
/** About the duration of a drain, in milliseconds. */
const longestMs = 8_000;
const members = 3;

/**
 * Loses runners during a drain, at each of its changes and at random moments. Each time another runner recovers, and
 * the cluster must be as before.
 */
export async function benchDrainKills(print: (line: string) => void): Promise<void> {
  print(`CHAOS_SEED=${seed}`);
  const random = randomOf(seed);
  await using lab = await startLab({ progress: print });
  const dying = await startDyingDrain(lab);
  let kills = 0;
  let problems = 0;
  const recover = async (moment: string): Promise<void> => {
    const { main } = await dying.rescuer.run({ operation: 'recover' });
    const found = [...(main.code === 0 ? [] : [`recover: ${main.log}`]), ...(await problemsOf(dying))];
    kills += 1;
    problems += found.length;
    print(`kill ${kills}, ${moment}: ${found.join('; ') || 'as before'}`);
  };
  let changes = 0;
  while (await dying.killAtChange(changes + 1)) {
    changes += 1;
    await recover(`at change ${changes}`);
  }
  for (let kill = 1; kill <= randomKills; kill += 1) {
    const delayMs = Math.round(random() * longestMs);
    await dying.killWhen(async step => Promise.race([pause(delayMs, true), step.ended.then(() => false)]));
    await recover(`after ${delayMs} ms`);
  }
  print(`${kills} kills, ${changes} of them at a change: ${problems} problems`);
  if (problems > 0) throw new Error('the cluster was not put back');
}

async function problemsOf({ job }: DyingDrain): Promise<readonly string[]> {
  const { objects, cluster } = job;
  const pods = await objects.untilReady(namespace, members);
  const { replicas } = (await objects.statefulSet(namespace)).spec;
  const { minReplicas, maxReplicas } = (await objects.autoscaler(namespace)).spec;
  // Kubernetes removes the taint of a cordon a moment later.
  await waitForObjects<Node>(cluster.api, '/api/v1/nodes', nodes => nodes.every(({ spec }) => !spec.taints?.length));
  return [
    ...namesOf(pods.filter(pod => !isReady(pod))).map(name => `${name} is not Ready`),
    ...(replicas === members ? [] : [`${String(replicas)} members are wanted`]),
    ...(minReplicas === members && maxReplicas === 5
      ? []
      : [`the bounds are ${String(minReplicas)} to ${maxReplicas}`]),
    ...(await objects.cordoned()).map(node => `${node} is cordoned`),
    ...(await leftoversOf(cluster, namespace)).map(name => `${name} is left`),
  ];
}
