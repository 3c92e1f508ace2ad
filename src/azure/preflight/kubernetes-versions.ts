import { asList, asRecord, required, texts } from '../../runtime/json.js';

/** A minor version of Kubernetes that is available in a location. */
export interface OfferedVersion {
  /** For example 1.35. */
  readonly minor: string;
  readonly patches: readonly string[];
  /** Whether it has community support; otherwise it requires long-term support, which is part of tier premium. */
  readonly community: boolean;
}

/** Parses the response of "Managed Clusters - List Kubernetes Versions". @throws TypeError for other values. */
export function parseVersions(json: unknown): readonly OfferedVersion[] {
  return asList(asRecord(json)['values']).map(value => {
    const plans = texts(asRecord(value['capabilities'])['supportPlan']);
    return {
      minor: required(value, 'version'),
      patches: Object.keys(asRecord(value['patchVersions'])),
      community: plans.length === 0 || plans.includes('KubernetesOfficial'),
    };
  });
}

/**
 * Returns why a version is not available, as a clause; undefined if it is. A minor version stands for its latest patch.
 */
export function versionProblem(offered: readonly OfferedVersion[], wanted: string, tier: string): string | undefined {
  const version = offered.find(({ minor, patches }) => minor === wanted || patches.includes(wanted));
  if (!version) return `is not available; the available versions are ${offered.map(({ minor }) => minor).join(', ')}`;
  if (!version.community && tier !== 'premium')
    return 'is only available with long-term support, which requires tier premium';
  return undefined;
}
