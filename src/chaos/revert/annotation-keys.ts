import { annotationKey } from '../../migratorydata/object-names.js';

/** A copy of the revert record: for people who inspect the node, and for `recover` when the namespace is deleted. */
export const recordAnnotation = annotationKey('mark');
