import { fieldOf, type Json, type StoredObject } from './objects.js';
import { StatusError } from './status.js';
import { type Draft, isSame } from './store.js';

/** Sets the defaults of the API server that other code needs. */
export function completeObject(draft: Draft): Draft {
  switch (draft.kind) {
    case 'Namespace':
      return { ...draft, status: draft.status ?? { phase: 'Active' } };
    case 'Pod':
      return { ...draft, status: draft.status ?? { phase: 'Pending' } };
    case 'StatefulSet':
      return { ...draft, spec: { replicas: 1, podManagementPolicy: 'OrderedReady', ...draft.spec } };
    case 'Service':
      return { ...draft, spec: completeService(draft.spec ?? {}) };
    case 'Secret':
      return encodeSecret(draft);
    default:
      return draft;
  }
}

const firstNodePort = 30_080;

function completeService(spec: Json): Json {
  const ports = (spec['ports'] ?? []) as readonly Json[];
  const reachesNodes = spec['type'] === 'LoadBalancer' || spec['type'] === 'NodePort';
  return {
    type: 'ClusterIP',
    clusterIP: '10.0.0.10',
    ...spec,
    ports: reachesNodes ? ports.map((port, index) => ({ nodePort: firstNodePort + index, ...port })) : ports,
  };
}

function encodeSecret({ stringData, ...draft }: Draft): Draft {
  if (stringData === undefined) return draft;
  const encoded = Object.entries(stringData as Readonly<Record<string, string>>).map(([key, value]) => [
    key,
    Buffer.from(value).toString('base64'),
  ]);
  return { ...draft, data: { ...(draft['data'] as Json | undefined), ...Object.fromEntries(encoded) } };
}

/** Fields that cannot change once the object exists. */
const immutable: Readonly<Record<string, readonly string[]>> = {
  StatefulSet: ['spec.serviceName', 'spec.selector', 'spec.podManagementPolicy', 'spec.volumeClaimTemplates'],
  Service: ['spec.clusterIP'],
};

/** @throws StatusError 422 when the draft changes an immutable field. */
export function checkImmutable(before: StoredObject, draft: Draft): void {
  const frozen = fieldOf(before, 'immutable') === true ? ['data'] : [];
  const changed = [...(immutable[before.kind] ?? []), ...frozen].filter(
    path => !isSame(fieldOf(before, path), fieldOf(draft, path)),
  );
  const [first] = changed;
  if (first === undefined) return;
  const message = `${before.kind} "${before.metadata.name}" is invalid: ${first}: Forbidden: field is immutable`;
  throw new StatusError(422, 'Invalid', message, {
    causes: changed.map(field => ({ reason: 'FieldValueForbidden', field })),
  });
}
