import { setTimeout as pause } from 'node:timers/promises';
import { isNodeReady } from '../../src/kubernetes/nodes.js';
import type { ConfigMap, Node } from '../../src/kubernetes/types.js';
import { startLab } from '../lab/lab.js';
import { type LostRunner, namespace, startLostRunner } from '../lab/scenarios/support/lost-runner.js';
import { randomOf, seed } from '../lab/scenarios/support/random.js';

const kills = 30;
/** The power goes off at any moment while another runner recovers, or after that, in milliseconds. */
const longestMs = 20_000;

/**
 * Loses runners after Azure has accepted to stop a machine and before it is off. Each time another runner recovers, and
 * the node must be in service when the revert record is deleted.
 */
export async function benchKills(print: (line: string) => void): Promise<void> {
  print(`CHAOS_SEED=${seed}`);
  const random = randomOf(seed);
  await using lab = await startLab({ progress: print });
  const lost = await startLostRunner(lab, 'rg-kills', 'aks-kills');
  const failures: string[] = [];
  for (let kill = 1; kill <= kills; kill += 1) {
    const open = await lost.killWhenAccepted('power-off', /poweroff$/);
    const delayMs = Math.round(random() * longestMs);
    const power = pause(delayMs).then(open);
    const { main } = await lost.rescuer.run({ operation: 'recover' });
    await power;
    const problems = [...(main.code === 0 ? [] : [`recover: ${main.log}`]), ...(await problemsOf(lost))];
    print(`kill ${kill}, power off ${delayMs} ms later: ${problems.join('; ') || 'in service'}`);
    failures.push(...problems);
  }
  print(`${kills} kills: ${failures.length} problems`);
  if (failures.length > 0) throw new Error('a node was left out of service, or a record');
}

async function problemsOf(lost: LostRunner): Promise<readonly string[]> {
  const states = await lost.powers();
  const { api } = lost.cluster;
  const [nodes, records] = await Promise.all([
    api.list<Node>('/api/v1/nodes'),
    api.list<ConfigMap>(`/api/v1/namespaces/${namespace}/configmaps`),
  ]);
  const away = nodes.items.filter(node => !isNodeReady(node));
  const left = records.items.filter(({ metadata }) => metadata.name.startsWith('migratorydata-aks'));
  return [
    ...states.filter(state => state !== 'running').map(state => `a machine is ${state}`),
    ...away.map(({ metadata }) => `node ${metadata.name} is not Ready`),
    ...left.map(({ metadata }) => `${metadata.name} is left`),
  ];
}
