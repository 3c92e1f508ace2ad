import type { Operation } from '../inputs/request.js';
import { autoscaleOperation } from './autoscale.js';
import { chaosOperation } from './chaos.js';
import { collectOperation } from './collect.js';
import { createOperation } from './create.js';
import { deployOperation } from './deploy.js';
import { e2eOperation } from './e2e.js';
import type { OperationDefinition } from './operation.js';
import { preflightOperation } from './preflight.js';
import { recoverOperation } from './recover.js';
import { renderOperation } from './render.js';
import { scaleOperation } from './scale.js';
import { sweepOperation } from './sweep.js';
import { teardownOperation } from './teardown.js';
import { verifyOperation } from './verify.js';

const definitions = {
  preflight: preflightOperation,
  render: renderOperation,
  create: createOperation,
  deploy: deployOperation,
  verify: verifyOperation,
  scale: scaleOperation,
  autoscale: autoscaleOperation,
  chaos: chaosOperation,
  recover: recoverOperation,
  collect: collectOperation,
  teardown: teardownOperation,
  sweep: sweepOperation,
  e2e: e2eOperation,
} as const;

/** The validated request of the user, one type per operation. */
export type Request = ReturnType<(typeof definitions)[Operation]['readRequest']>;

/** All operations by name. A request is only passed to the definition that created it. */
export const operationDefinitions = definitions as Readonly<Record<Operation, OperationDefinition<Request>>>;
