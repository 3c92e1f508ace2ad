import { asList, asRecord, required, texts } from '../runtime/json.js';

/** A minor version of Kubernetes that a location offers. */
export interface OfferedVersion {
  /** Such as 1.35. */
  readonly minor: string;
  readonly patches: readonly string[];
  /** Offered to everyone; otherwise only with long-term support, which is part of tier premium. */
  readonly community: boolean;
}

/** Reads `az aks get-versions`. @throws TypeError for anything else. */
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

/** What is wrong with a wanted version, as a clause; undefined: it can be had. A minor stands for its latest patch. */
export function versionProblem(offered: readonly OfferedVersion[], wanted: string, tier: string): string | undefined {
  const version = offered.find(({ minor, patches }) => minor === wanted || patches.includes(wanted));
  if (!version) return `is not offered; there are ${offered.map(({ minor }) => minor).join(', ')}`;
  if (!version.community && tier !== 'premium')
    return 'is only offered with long-term support, which needs tier premium';
  return undefined;
}
