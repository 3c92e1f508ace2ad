import { creationOperations } from './creation-operations.js';
import { deletionOperations } from './deletion-operations.js';
import { machineOperations } from './machine-operations.js';
import type { MatrixOperation } from './operation.js';
import { poolOperations } from './pool-operations.js';

/** The operations of the action that change Azure. */
export const matrixOperations: readonly MatrixOperation[] = [
  ...creationOperations,
  ...deletionOperations,
  ...machineOperations,
  ...poolOperations,
];
