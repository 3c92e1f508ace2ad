import type { AzureClient } from '../../src/azure/arm/client.js';
import { deleteOurs, type DeletionOptions } from '../../src/azure/deletion/deletion.js';
import { sweepExpired } from '../../src/azure/deletion/expired-clusters.js';
import { ownedByCreation, ownedForTeardown } from '../../src/azure/ownership/ownership.js';
import { ActionError } from '../../src/errors/action-error.js';
import type { Bench } from './bench.js';
import { defineOperations, type MatrixOperation } from './operation.js';
import { creationId, describeResources, ours, ourTags, owner, placeOurs, remaining } from './world.js';

const theirs = { team: 'theirs' };
const forTeardown: DeletionOptions = {
  owned: ownedForTeardown(owner, true),
  sameCreation: false,
  dryRun: false,
  waitMs: 0,
};
const forUndo: DeletionOptions = {
  ...forTeardown,
  owned: ownedByCreation(owner.repository, creationId),
  sameCreation: true,
};
const waitMs = 30 * 60_000;

/** Returns an operation that deletes by a rule and is repeated after an error. */
function deletion(name: string, meaning: string, what: 'group' | 'cluster', options: DeletionOptions): MatrixOperation {
  const resource = what === 'group' ? ours.resourceGroup : ours.clusterName;
  const run = async (azure: AzureClient): Promise<string> => {
    const { deleted, refused } = await deleteOurs(azure, ours, options);
    return deleted === what ? '' : refused ? 'refused' : `deleted ${deleted}`;
  };
  const left = ({ azure }: Bench, note = ''): readonly string[] =>
    note === 'deleted cluster' ? remaining(azure, 'cluster', ours.clusterName) : remaining(azure, what, resource);
  const present = ({ azure }: Bench): readonly string[] =>
    options.waitMs === 0
      ? []
      : [...describeResources(azure).keys()].filter(id =>
          what === 'group' ? id === resource : id.endsWith(`/${resource}`) && !id.includes('rg-other'),
        );
  return {
    name,
    meaning,
    ...(options.waitMs === 0 && { endsEarly: true }),
    prepare: async ({ azure }) => {
      await placeOurs(azure, what === 'group' ? ourTags(2) : theirs);
    },
    run,
    contradictions: (bench, _, note) => [
      ...left(bench, note),
      ...(note === '' ? present(bench).map(id => `${id} still exists`) : []),
    ],
    afterError: () => [],
    undo: async azure => {
      await run(azure);
    },
    leftovers: bench => left(bench),
  };
}

const expired = ['group rg-ours', 'cluster aks-shared', 'group rg-empty'];
const leftOfSweep = ({ azure }: Bench): readonly string[] =>
  expired.flatMap(one => {
    const [what = '', name = ''] = one.split(' ');
    return remaining(azure, what === 'group' ? 'group' : 'cluster', name);
  });
const sweep = async (azure: AzureClient): Promise<string> => {
  const swept = await sweepExpired(azure, ours.subscriptionId, [owner.repository], false);
  const error = swept.find(one => one.error !== undefined)?.error;
  if (error !== undefined) throw error;
  const kept = swept.filter(({ deletion: result }) => result?.deleted === 'nothing');
  return kept.length === 0 ? '' : `kept ${kept.map(({ ref }) => ref.clusterName || ref.resourceGroup).join(', ')}`;
};

export const deletionOperations = defineOperations([
  deletion(
    'teardown',
    'Deletes the group of this repository, and returns as soon as Azure shows that it is being deleted.',
    'group',
    forTeardown,
  ),
  deletion('teardown, waiting', 'The same with `wait-for-deletion: true`.', 'group', { ...forTeardown, waitMs }),
  deletion(
    'teardown of a cluster',
    'Deletes the cluster of this repository in a group of someone else, with `wait-for-deletion: true`.',
    'cluster',
    { ...forTeardown, waitMs },
  ),
  deletion('undo of a creation', 'What the post phase deletes by the creation id that was recorded.', 'group', forUndo),
  {
    name: 'sweep',
    endsEarly: true,
    meaning:
      'Deletes an expired cluster with its group, an expired cluster in a group of someone else, and an expired empty group. The code is the reason of the first one that stays; the step ends with `delete-incomplete`.',
    prepare: async ({ azure }) => {
      const tags = ourTags(-1);
      azure.place.group({ name: 'rg-ours', tags });
      await azure.place.cluster({ group: 'rg-ours', name: 'aks-ours', tags, nodeCount: 1 });
      azure.place.group({ name: 'rg-shared', tags: theirs });
      await azure.place.cluster({ group: 'rg-shared', name: 'aks-shared', tags, nodeCount: 1 });
      azure.place.group({ name: 'rg-empty', tags });
    },
    run: sweep,
    contradictions: bench => leftOfSweep(bench),
    afterError: ({ azure }) => {
      const { groups } = azure.resources();
      return groups.some(({ name, provisioningState }) => name === 'rg-shared' && provisioningState === 'Succeeded')
        ? []
        : ['the group of someone else is not as it was'];
    },
    undo: async azure => {
      const note = await sweep(azure);
      if (note !== '') throw new ActionError('delete-incomplete', `The second sweep ${note}.`);
    },
    leftovers: leftOfSweep,
  },
]);
