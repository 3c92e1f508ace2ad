import type { AzureClient } from '../../src/azure/arm/client.js';
import { formerBoundsTag, openMachines } from '../../src/azure/machines/machines.js';
import type { Bench } from './bench.js';
import { defineOperations } from './operation.js';
import { describeBounds, formerBounds, ourCluster, ours, ourScaleSet, placeOurs } from './world.js';

const pool = 'nodepool1';
const former = `${formerBounds.min}-${formerBounds.max}`;
const raised = { minCount: 3, maxCount: 5 };
const raisedText = `3-5 of ${former}`;
const settleMs = 15 * 60_000;
/** The first machine is deleted. */
const targetId = 0;

async function prepare({ azure }: Bench): Promise<void> {
  await placeOurs(azure);
}

/** Restores the bounds if they were raised, as a revert does. */
async function restore(azure: AzureClient): Promise<void> {
  const machines = openMachines(azure, ours);
  const now = await machines.settledPool(pool, settleMs);
  if (now?.formerBounds !== undefined) await machines.restorePoolBounds(pool);
}

const unless = (bench: Bench, ...expected: readonly string[]): readonly string[] => {
  const bounds = describeBounds(bench.azure);
  return expected.includes(bounds) ? [] : [`the bounds are ${bounds}`];
};
const machinesOf = ({ azure }: Bench): readonly number[] => ourScaleSet(azure).instances.map(({ id }) => id);

export const poolOperations = defineOperations([
  {
    name: 'raise the bounds of a pool',
    meaning:
      'Raises the lower bound of the autoscaler, and keeps the former bounds in a tag of the pool. After an error, they are restored.',
    prepare,
    run: async azure => {
      await openMachines(azure, ours).raisePoolBounds(pool, raised);
      return '';
    },
    contradictions: bench => unless(bench, raisedText),
    afterError: bench => unless(bench, former, raisedText),
    undo: restore,
    leftovers: bench => unless(bench, former),
  },
  {
    name: 'restore the bounds of a pool (recover)',
    meaning: 'Waits for the pool, and restores the bounds in its tag. After an error, it is repeated.',
    prepare: async bench => {
      await prepare(bench);
      const found = ourCluster(bench.azure)?.pools[0];
      const tags = { ...found?.tags, [formerBoundsTag]: former };
      if (found) Object.assign(found, { autoscaling: { min: 3, max: 5 }, tags });
    },
    run: async azure => {
      await restore(azure);
      return '';
    },
    contradictions: bench => unless(bench, former),
    afterError: bench => unless(bench, former, raisedText),
    undo: restore,
    leftovers: bench => unless(bench, former),
  },
  {
    name: 'delete a machine',
    meaning:
      'Deletes one machine of a pool, at most once. `azure-not-found` means that it is gone, which the experiment then checks in the cluster.',
    prepare,
    run: async (azure, { azure: standIn }) => {
      const node = ourScaleSet(standIn).instances.find(({ id }) => id === targetId)?.computerName ?? '';
      await openMachines(azure, ours).deleteMachine(pool, node);
      return '';
    },
    contradictions: bench =>
      JSON.stringify(machinesOf(bench)) === '[1,2]' ? [] : [`the machines are ${machinesOf(bench).join(', ')}`],
    afterError: bench =>
      machinesOf(bench).includes(1) && machinesOf(bench).includes(2) ? [] : ['another machine was deleted'],
    undo: () => Promise.resolve(),
    leftovers: bench => (machinesOf(bench).length >= 2 ? [] : ['another machine was deleted']),
  },
]);
