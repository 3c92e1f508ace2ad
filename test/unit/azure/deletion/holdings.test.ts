import { describe, expect, it } from '@jest/globals';
import { deleteOurs, type DeletionOptions } from '../../../../src/azure/deletion/deletion.js';
import { ownedForTeardown } from '../../../../src/azure/ownership/ownership.js';
import {
  absent,
  clusterId,
  clusterJson,
  fails,
  groupJson,
  labWith,
  owner,
  prints,
  ref,
  rejection,
  verbs,
} from '../fixtures.js';
import type { Answer, ScriptedAzure } from '../scripted-azure.js';

const teardown: DeletionOptions = {
  ...{ owned: ownedForTeardown(owner, true), sameCreation: false },
  ...{ dryRun: false, waitMs: 0 },
};
const group = prints(groupJson());
const deleting = prints(groupJson({ properties: { provisioningState: 'Deleting' } }));
const cluster = prints(clusterJson());
const lost: Answer = { lost: 'socket hang up' };
const only = prints([{ id: clusterId }]);

function lab(script: (runner: ScriptedAzure) => unknown): ReturnType<typeof labWith> {
  return labWith(runner => {
    script(runner);
    runner.on('GET managedClusters/', cluster).on('GET rg-shop/resources', only).on('DELETE ', {});
  });
}

describe('a resource that Azure does not find for a moment', () => {
  it.each([
    ['the group', (runner: ScriptedAzure) => runner.on('GET resourceGroups/', absent, group, deleting)],
    [
      'the cluster, which it lists',
      (runner: ScriptedAzure) =>
        runner.on('GET resourceGroups/', group, group, deleting).on('GET managedClusters/', absent, cluster),
    ],
    [
      'the resources of the group',
      (runner: ScriptedAzure) =>
        runner.on('GET resourceGroups/', group, group, deleting).on('GET rg-shop/resources', absent, only),
    ],
  ])('does not count as deleted: %s', async (_, script) => {
    const { azure, runner } = lab(script);
    expect((await deleteOurs(azure, ref, teardown)).deleted).toBe('group');
    expect(verbs(runner)).toContain('DELETE resourceGroups/rg-shop');
  });

  it('does not count as deleted: a cluster in a group of someone else', async () => {
    const theirs = prints(groupJson({ tags: { team: 'shop' } }));
    const gone = prints(clusterJson({ provisioningState: 'Deleting' }));
    const { azure } = lab(runner =>
      runner.on('GET resourceGroups/', theirs).on('GET managedClusters/', absent, cluster, gone),
    );
    expect((await deleteOurs(azure, ref, teardown)).deleted).toBe('cluster');
  });

  it('says that a cluster is deleted when the response to its deletion was lost', async () => {
    const theirs = prints(groupJson({ tags: { team: 'shop' } }));
    const gone = prints(clusterJson({ provisioningState: 'Deleting' }));
    const { azure } = lab(runner =>
      runner
        .on('GET resourceGroups/', theirs)
        .on('GET managedClusters/', cluster, gone)
        .on('DELETE ', lost, fails('(EtagMismatch) If-Match')),
    );
    expect((await deleteOurs(azure, ref, teardown)).deleted).toBe('cluster');
  });

  it('is an error when the contradiction lasts', async () => {
    const { azure } = lab(runner => runner.on('GET resourceGroups/', absent));
    const error = await rejection(deleteOurs(azure, ref, teardown));
    expect(error).toMatchObject({ code: 'azure-unavailable', message: expect.stringContaining('after 3 tries') });
  });
});
