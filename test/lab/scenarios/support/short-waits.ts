import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../lab.js';

/** Members wait for each other for 1 second instead of 10. */
const patch = `kind: StatefulSet
metadata: { name: migratorydata }
spec: { minReadySeconds: 1 }
`;

/**
 * Returns the path of a patch for the input `patches` with which a deployment does not sleep, for scenarios that do not
 * test pacing. A scenario that does sets `patches` to an empty text or to its own patches.
 */
export async function shortWaits(lab: Pick<Lab, 'folder'>): Promise<string> {
  const path = join(lab.folder, 'short-waits.yaml');
  await writeFile(path, patch);
  return path;
}
