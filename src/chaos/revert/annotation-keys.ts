import { annotationKey } from '../../migratorydata/object-names.js';

/** A copy of the mark: for whoever looks at the node, and for `recover` when the namespace is gone. */
export const recordAnnotation = annotationKey('mark');
