import { ActionError } from '../../errors/action-error.js';
import { asRecord, text } from '../../runtime/json.js';
import type { AzureClient } from '../arm/client.js';
import { showVersion } from '../cli/az-commands.js';

/** The first version in which `aks create` and `aks delete` support etags (Azure/azure-cli release notes). */
const oldestAz = '2.69.0';

/** Compares dotted versions numerically: negative when `a` is older than `b`. Suffixes such as `b1` are ignored. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): readonly number[] {
  return version.split('.').map(part => Number.parseInt(part, 10) || 0);
}

/** Returns the version of az on this runner. @throws ActionError `tool-too-old`, `tool-missing`. */
export async function checkAzVersion(azure: AzureClient): Promise<string> {
  const found = await azure.read(showVersion(), json => text(asRecord(json)['azure-cli']));
  if (compareVersions(found, oldestAz) >= 0) return found;
  throw new ActionError(
    'tool-too-old',
    `az is version ${found || '(unknown)'}; this action needs ${oldestAz} or newer.`,
    {
      hint: `Install Azure CLI ${oldestAz} or newer; distribution packages are often years behind.`,
    },
  );
}
