import { kubernetesVersion } from '../tools/pins.js';
import { ArmError } from './messages.js';

const defaultMinor = minorOf(kubernetesVersion);

/** The supported minors with their patches, newest last. The default is the version that the lab runs. */
const supported: Readonly<Record<string, readonly string[]>> = {
  '1.34': ['1.34.8', '1.34.9'],
  '1.35': ['1.35.5', '1.35.6'],
  [defaultMinor]: [kubernetesVersion],
};

function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

/** Returns the list for `az aks get-versions`. */
export function kubernetesVersions(): readonly unknown[] {
  return Object.entries(supported).map(([version, patches]) => ({
    version,
    capabilities: { supportPlan: ['KubernetesOfficial'] },
    ...(version === defaultMinor && { isDefault: true }),
    patchVersions: Object.fromEntries(patches.map((patch, index) => [patch, { upgrades: patches.slice(index + 1) }])),
  }));
}

/**
 * Returns the complete version for a request: empty means the default, a minor means its latest patch (AKS, "Supported
 * Kubernetes versions": alias minor version).
 * @throws ArmError 400 for a version that is not offered.
 */
export function resolveVersion(asked: string, location: string): string {
  const patches = supported[minorOf(asked || defaultMinor)];
  const found = asked.split('.').length === 3 ? patches?.find(patch => patch === asked) : patches?.at(-1);
  if (found) return found;
  throw new ArmError(
    400,
    'K8sVersionNotSupported',
    `Managed cluster version ${asked} is not supported in this region. Please use [az aks get-versions --location ${location}] command to get the supported version list in this region. For more information, please check https://aka.ms/supported-version-list`,
    'aks',
  );
}
