import { describe, expect, it } from '@jest/globals';
import type { Secret, StatefulSet } from '../../../src/kubernetes/types.js';
import { keepSecrets, keptWarning, secretTexts, usesSecrets } from '../../../src/migratorydata/kept-secrets.js';
import { renderStatefulSet } from '../../../src/migratorydata/manifests/stateful-set.js';
import { planSecrets } from '../../../src/migratorydata/secret-plan.js';
import type { Deployment } from '../../../src/migratorydata/spec.js';
import { deploymentWith, live, secrets, statefulSetOf, stored } from './samples.js';

/** A live deployment with its Secrets. */
function deployed(changes: Partial<Deployment>): { readonly statefulSet: StatefulSet; readonly existing: Secret[] } {
  const deployment = deploymentWith(changes);
  const { names, manifests } = planSecrets(deployment, [], 'random-0123456789');
  const manifest = renderStatefulSet(deployment, { replicas: 3, partition: 0, secretNames: names });
  return { statefulSet: live(manifest), existing: manifests.map(stored) };
}

const all = { secrets };

describe('the secrets of a live deployment', () => {
  it('are kept where none was given, so that nothing changes', () => {
    const { statefulSet, existing } = deployed(all);
    const kept = keepSecrets({}, statefulSet, existing);
    expect(kept).toEqual({
      secrets,
      kept: [
        { input: 'license-key', secret: 'migratorydata-secrets-1' },
        { input: 'cluster-password', secret: 'migratorydata-cluster-password-1' },
        { input: 'entitlement-token', secret: 'migratorydata-secrets-1' },
        { input: 'registry-credentials', secret: 'migratorydata-registry-1' },
      ],
    });
    expect(planSecrets(deploymentWith(kept), existing, 'x').manifests).toEqual([]);
  });

  it('are replaced one by one by those that were given', () => {
    const { statefulSet, existing } = deployed(all);
    const given = { licenseKey: 'license-new-0123', clusterPassword: secrets.clusterPassword };
    const kept = keepSecrets(given, statefulSet, existing);
    expect(kept.secrets).toEqual({ ...secrets, licenseKey: 'license-new-0123' });
    expect(kept.kept.map(({ input }) => input)).toEqual(['entitlement-token', 'registry-credentials']);
  });

  it('are none in a deployment without, and none are read for it', () => {
    const { statefulSet, existing } = deployed({});
    expect([usesSecrets(statefulSet), keepSecrets({}, statefulSet, existing)]).toEqual([
      false,
      { secrets: {}, kept: [] },
    ]);
    expect(usesSecrets(deployed(all).statefulSet)).toBe(true);
  });

  it('are not those that nobody gave: the generated token stays by itself', () => {
    const { statefulSet, existing } = deployed({ rest: true });
    expect(keepSecrets({}, statefulSet, existing)).toEqual({ secrets: {}, kept: [] });
  });

  it('are none that the members do not use, that is gone, or that is not ours', () => {
    const { statefulSet, existing } = deployed(all);
    const foreign = existing.map(secret => ({ ...secret, metadata: { ...secret.metadata, labels: {} } }));
    for (const [set, objects] of [
      [live(statefulSetOf()), existing],
      [statefulSet, []],
      [statefulSet, foreign],
    ] as const) {
      expect(keepSecrets({}, set, objects)).toEqual({ secrets: {}, kept: [] });
    }
  });

  it('are masked, and the warning has their names only', () => {
    const { statefulSet, existing } = deployed(all);
    const { secrets: values, kept } = keepSecrets({}, statefulSet, existing);
    expect(secretTexts(values)).toEqual([
      secrets.licenseKey,
      secrets.clusterPassword,
      secrets.entitlementToken,
      secrets.registryCredentials.password,
    ]);
    const warning = keptWarning(kept);
    expect(warning).toContain('license-key (Secret migratorydata-secrets-1)');
    expect(secretTexts(values).filter(value => warning.includes(value))).toEqual([]);
  });
});
