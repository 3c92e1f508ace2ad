import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../lab.js';

/** Members wait for each other for 1 second instead of 10. */
const patch = `kind: StatefulSet
metadata: { name: migratorydata }
spec: { minReadySeconds: 1 }
`;

/**
 * The path of a patch for the input `patches`, with which a deployment does not sleep: for every scenario that is not
 * about pacing. One that is gives the input `patches` empty, or patches of its own.
 */
export async function shortWaits(lab: Pick<Lab, 'folder'>): Promise<string> {
  const path = join(lab.folder, 'short-waits.yaml');
  await writeFile(path, patch);
  return path;
}
