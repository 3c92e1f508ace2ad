import { ActionError, hasCode } from '../../errors/action-error.js';
import { listPages } from '../../kubernetes/api/pages.js';
import { waitUntil } from '../../kubernetes/informer/wait-until.js';
import { isInService, nodeNamed } from '../../kubernetes/nodes.js';
import { machineAccess } from '../experiment-access.js';
import { defineExperiment } from '../experiment.js';
import { nothingToRevert } from '../revert/original-state.js';
import { poolSelector } from '../target.js';
import { chooseMachine, machinesOf, uidsOf } from './machine-targets.js';

/** Azure needs minutes to delete a machine. */
const deletionMs = 10 * 60_000;

/**
 * Deletes one machine with its node, without a drain: the loss of a node that Microsoft supports. A pool with an
 * autoscaler gets a new node; for this, its lower bound is raised during the experiment.
 */
export const nodeDelete = defineExperiment({
  name: 'node-delete',
  hold: { defaultMs: 0 },
  needs: { azure: true },
  reverts: ['deletions', 'pool'],
  access: machineAccess,
  commands: ({ machines, node }) => [
    ...machines.pool(),
    ...machines.raisePoolBounds(),
    ...machines.deleteMachine(node),
    ...machines.restorePoolBounds(),
  ],
  nonGraceful: true,
  async preflight(context, state) {
    const { api, note } = context;
    const machines = machinesOf(context);
    const target = await chooseMachine(context, state);
    const pool = await machines.pool(target.pool);
    if (pool.bounds === undefined) {
      const message = `Node pool ${pool.name} has a fixed size: a deleted node would not be replaced.`;
      throw new ActionError('experiment-skipped', message, { hint: 'Enable the cluster autoscaler for the pool.' });
    }
    // An experiment whose record was discarded may have left the pool with raised bounds.
    const bounds = pool.formerBounds ?? pool.bounds;
    let nodes = 0;
    for await (const page of listPages(
      api,
      'Node',
      { labels: poolSelector(pool.name) },
      'count the nodes of the pool',
    )) {
      nodes += page.filter(isInService).length;
    }
    const raised = pool.count > bounds.minCount;
    return {
      targets: [target],
      originalState: {
        ...nothingToRevert,
        deletions: [{ node: target.name, uid: target.uid }],
        pool: { name: pool.name, nodes, bounds },
      },
      facts: () => ({ pool: pool.name, nodesBefore: pool.count }),
      affected: uidsOf([target]),
      recoveryMode: () => 'replaced',
      async prepare(ports) {
        if (!raised) return;
        await machinesOf(ports).raisePoolBounds(pool.name, { ...bounds, minCount: pool.count });
        note(`Node pool ${pool.name} keeps ${pool.count} nodes during the experiment.`);
      },
      async inject(ports) {
        try {
          await machinesOf(ports).deleteMachine(pool.name, target.name);
        } catch (error) {
          // Azure may forget an operation that has ended; the proof is that the node is gone.
          if (!hasCode(error, 'azure-not-found')) throw error;
          note(`Azure no longer has a machine of node ${target.name}.`);
        }
      },
      async confirm() {
        const gone = await waitUntil(
          api,
          [nodeNamed(target.name)],
          observation => observation.find('Node', target.name)?.metadata.uid !== target.uid,
          deletionMs,
        );
        return gone
          ? { confirmed: true, detail: `Node ${target.name} with UID ${target.uid} is gone.` }
          : { confirmed: false, detail: `Node ${target.name} still exists.` };
      },
    };
  },
});
