import { describe, expect, it } from '@jest/globals';
import { addRange, removeLostRanges, removeRange } from '../../../../src/azure/cluster/authorized-ranges.js';
import { claimKey } from '../../../../src/azure/ownership/range-claims.js';
import { absent, clusterJson, fails, type Lab, labWith, prints, ref, rejection } from '../fixtures.js';
import type { Answer } from '../scripted-azure.js';

const [user, ours, theirs] = ['203.0.113.0/24', '198.51.100.7/32', '198.51.100.9/32'];
const holder = 'acme/shop/4711/check-0';
const use = { holder, range: ours, stepMs: 60_000 };
const added = { key: claimKey(holder), range: ours };
/** A claim of ours that never ends. */
const tag = { [added.key]: `${ours}_9999999999_${holder}` };
const precondition = fails('(PreconditionFailed) The condition specified using HTTP conditional header(s) is not met.');

/** A read of the cluster. */
function read(authorizedIPRanges: readonly string[], tags: object = {}, eTag = 'etag-1'): Answer {
  return prints(clusterJson({ apiServerAccessProfile: { authorizedIPRanges }, tags: { team: 'shop', ...tags }, eTag }));
}

/** A cluster with these states in turn. Each update gets the next answer; the last one stays. */
function lab(
  reads: readonly Answer[],
  ...updates: readonly Answer[]
): Lab & { readonly updates: () => readonly string[] } {
  const answers = updates.length === 0 ? [{}] : updates;
  const made = labWith(script => script.on('aks update', ...answers).on('GET managedClusters/', ...reads));
  return { ...made, updates: () => made.runner.lines().filter(line => line.includes('aks update')) };
}

describe('addRange', () => {
  it('records before it adds the range and its tag with one conditional request, and reads them back', async () => {
    const { azure, runner, updates } = lab([read([user]), read([user, ours], tag)]);
    const recorded: number[] = [];
    await addRange(azure, ref, use, () => recorded.push(runner.commands.length));
    expect(recorded).toEqual([0]);
    expect(updates()).toHaveLength(1);
    expect(updates()[0]).toContain(
      `--api-server-authorized-ip-ranges ${user},${ours} --yes --if-match etag-1 --tags team=shop ${added.key}=${ours}_`,
    );
    expect(runner.requests).toHaveLength(2);
  });

  it('decides again when another runner was faster, and keeps its range', async () => {
    const reads = [read([user]), read([user, theirs], {}, 'etag-2'), read([user, theirs, ours], tag)];
    const { azure, updates } = lab(reads, precondition, {});
    await addRange(azure, ref, use, () => undefined);
    expect(updates()[1]).toContain(`${user},${theirs},${ours} --yes --if-match etag-2`);
  });

  it('tries as long as other runners of a matrix are faster', async () => {
    const reads = Array.from({ length: 10 }, (_, index) => read([user], {}, `etag-${index}`));
    const { azure, updates } = lab([...reads, read([user, ours], tag)], ...reads.slice(1).map(() => precondition), {});
    await addRange(azure, ref, use, () => undefined);
    expect(updates()).toHaveLength(10);
  });

  it('adds a range again that another write has removed, and gives up at last', async () => {
    const healed = lab([read([user]), read([user]), read([user, ours], tag)]);
    await addRange(healed.azure, ref, use, () => undefined);
    expect(healed.updates()).toHaveLength(2);
    const fought = lab([read([user])]);
    let recorded = 0;
    const error = await rejection(addRange(fought.azure, ref, use, () => (recorded += 1)));
    expect(error).toMatchObject({ code: 'azure-precondition' });
    expect([fought.updates().length, recorded]).toEqual([3, 1]);
  });

  it('records a range that an earlier step of the job has added, but none of the user', async () => {
    let recorded = 0;
    const count = (): number => (recorded += 1);
    await addRange(lab([read([user, ours])]).azure, ref, use, count);
    expect(recorded).toBe(0);
    const { azure, updates } = lab([read([user, ours], tag)]);
    await addRange(azure, ref, use, count);
    expect([recorded, updates()]).toEqual([1, []]);
  });

  it('does not say that a runner is admitted to a cluster that Azure does not find', async () => {
    const { azure } = lab([absent]);
    expect(await rejection(addRange(azure, ref, use, () => undefined))).toMatchObject({ code: 'azure-not-found' });
  });
});

describe('removeRange', () => {
  it('removes only that range and its tag, and reads back that they are gone', async () => {
    const { azure, runner, updates } = lab([read([theirs, ours, user], tag), read([theirs, user])]);
    expect(await removeRange(azure, ref, added)).toBe(true);
    expect(updates()).toHaveLength(1);
    expect(updates()[0]).toContain(`${theirs},${user} --yes --if-match etag-1 --no-wait --tags team=shop --only`);
    expect(runner.requests).toHaveLength(2);
  });

  it('says that the last range stays', async () => {
    const { azure, updates } = lab([read([ours], tag)]);
    expect([await removeRange(azure, ref, added), updates()]).toEqual([false, []]);
  });

  it('removes nothing from a cluster that no longer exists', async () => {
    const { azure, runner } = lab([absent]);
    expect(await removeRange(azure, ref, added)).toBe(true);
    expect(runner.commands).toEqual([]);
  });
});

describe('removeLostRanges', () => {
  it('removes what is selected by the clock of Azure', async () => {
    const { azure, updates } = lab([read([user, ours], tag), read([user])]);
    await removeLostRanges(azure, ref, ({ until }, now) => until > now.getTime() / 1000);
    expect(updates()).toHaveLength(1);
  });
});
