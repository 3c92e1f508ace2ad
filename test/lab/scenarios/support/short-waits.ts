import { projectFile } from '../../tools/project-files.js';

/**
 * The path of a patch with which members wait for each other for 1 second instead of 10, for the input `patches` of each
 * scenario that is not about pacing. A scenario about pacing sets `patches` to an empty text, or to its own patches.
 */
export const shortWaits = projectFile('test/fixtures/caller/ops/migratorydata/pace.yaml');
