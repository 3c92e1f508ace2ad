import { describe, expect, it } from '@jest/globals';
import { extendExpiry } from '../../../../src/azure/cluster/expiry.js';
import type { Tags } from '../../../../src/azure/ownership/tags.js';
import { absent, clusterId, clusterJson, fails, labWith, owner, prints, ref, rejection, tagsOf } from '../fixtures.js';

const twoHoursMs = 2 * 3_600_000;
/** The clock of the client starts with 2026; the tags expire after an hour. */
const nowSeconds = Date.UTC(2026, 0, 1) / 1000;
const expiresIn = (seconds: number): Tags => ({ ...tagsOf(), 'expires-at': String(nowSeconds + seconds) });

describe('extendExpiry', () => {
  it('moves an expiry that comes too early, and sends no other tag', async () => {
    const { azure, runner } = labWith(script =>
      script.on('GET managedClusters/', prints(clusterJson())).on('PATCH ', {}),
    );
    expect(await extendExpiry(azure, ref, owner, twoHoursMs)).toBe(true);
    const [, patch] = runner.requests;
    expect(patch?.url).toContain(`${clusterId}/providers/Microsoft.Resources/tags/default`);
    expect(JSON.parse(patch?.body ?? '')).toEqual({
      operation: 'Merge',
      properties: { tags: { 'expires-at': String(nowSeconds + 7200) } },
    });
  });

  it('moves the expiry of a cluster of another run of this repository, also when it has passed', async () => {
    const tags = { ...tagsOf({ ...owner, runId: '1', instance: 'other' }), 'expires-at': '1600000000' };
    const { azure } = labWith(script =>
      script.on('GET managedClusters/', prints(clusterJson({ tags }))).on('PATCH ', {}),
    );
    expect(await extendExpiry(azure, ref, owner, twoHoursMs)).toBe(true);
  });

  const lasting = Object.fromEntries(Object.entries(tagsOf()).filter(([key]) => key !== 'expires-at'));
  it.each([
    ['expires later', prints(clusterJson({ tags: expiresIn(7201) }))],
    ['expires exactly then', prints(clusterJson({ tags: expiresIn(7200) }))],
    ['never expires', prints(clusterJson({ tags: lasting }))],
    ['has an expiry that is not a time', prints(clusterJson({ tags: { ...tagsOf(), 'expires-at': 'tomorrow' } }))],
    ['belongs to another repository', prints(clusterJson({ tags: tagsOf({ ...owner, repository: 'other/team' }) }))],
    ['is not ours', prints(clusterJson({ tags: { 'expires-at': '1600000000' } }))],
    ['does not exist', absent],
  ])('changes nothing on a cluster that %s', async (_name, answer) => {
    const { azure, runner } = labWith(script => script.on('GET managedClusters/', answer));
    expect(await extendExpiry(azure, ref, owner, twoHoursMs)).toBe(false);
    expect(runner.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('passes a refusal on', async () => {
    const refusal = fails('(AuthorizationFailed) no');
    const { azure } = labWith(script => script.on('GET managedClusters/', prints(clusterJson())).on('PATCH ', refusal));
    expect(await rejection(extendExpiry(azure, ref, owner, twoHoursMs))).toMatchObject({ code: 'azure-forbidden' });
  });
});
