import { type Arm, pace } from './arm.js';
import { type Answer, ArmError, ok } from './messages.js';
import type { Operation } from './operations.js';
import { route, type Route, subscriptionPath } from './router.js';

/** The routes that clients poll: the status of an operation, and its result once it has ended. */
export function operationRoutes(arm: Arm): readonly Route[] {
  const find = (id: string): Operation => {
    const operation = arm.operations.find(id);
    if (!operation) throw new ArmError(404, 'NotFound', `The operation '${id}' was not found.`);
    return operation;
  };

  const result = (id: string): Answer => {
    const { outcome } = find(id);
    if (!outcome) return { status: 202, headers: pace(arm) };
    if (outcome.status === 'Succeeded') return outcome.result === undefined ? { status: 200 } : ok(outcome.result);
    const { code, message, details } = outcome.error;
    throw new ArmError(409, code, message, 'arm', details && { details });
  };

  const located = `${subscriptionPath}/providers/{namespace}/locations/{location}` as const;
  return [
    route('GET', `${located}/operations/{id}`, ({ params, query }) => {
      if (query.get('monitor') === 'true') return result(params.id);
      const operation = find(params.id);
      return ok(operation.status(), operation.outcome ? {} : pace(arm));
    }),
    route('GET', `${located}/operationresults/{id}`, ({ params }) => result(params.id)),
    // The deletion of a resource group has a result but no status (ARM, "Resource Groups - Delete").
    route('GET', `${subscriptionPath}/operationresults/{id}`, ({ params, origin, path, query }) => {
      const answer = result(params.id);
      if (answer.status !== 202) return answer;
      const location = `${origin}${path}?api-version=${query.get('api-version') ?? ''}`;
      return { ...answer, headers: { ...answer.headers, location } };
    }),
  ];
}
