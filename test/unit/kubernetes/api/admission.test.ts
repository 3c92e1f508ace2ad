import { describe, expect, it } from '@jest/globals';
import { refusalCode } from '../../../../src/kubernetes/api/admission.js';
import { answerError } from '../../../../src/kubernetes/api/api-error.js';
import { diagnose } from '../../../../src/kubernetes/rollout/diagnose.js';
import { eventOf, setOf } from '../samples.js';

/** What admission control of Kubernetes says, and its HTTP status. */
const refusals = [
  [403, 'exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2', 'quota-exceeded'],
  [403, 'exceeded quota: team, requested: services.loadbalancers=1, used: 0, limited: 0', 'quota-exceeded'],
  [403, 'insufficient quota to match these scopes: [{PriorityClass In [high]}]', 'quota-exceeded'],
  [403, 'insufficient quota to consume: pods', 'quota-exceeded'],
  [
    403,
    'failed quota: team: must specify limits.cpu for: migratorydata; requests.memory for: istio-proxy',
    'quota-needs-resources',
  ],
  [
    403,
    '[maximum memory usage per Container is 256Mi, but limit is 512Mi, memory max limit to request ratio per Container is 1, but provided ratio is 2.000000]',
    'limit-range',
  ],
  [403, 'minimum cpu usage per Container is 1, but request is 500m', 'limit-range'],
  [403, 'maximum cpu usage per Pod is 2.  No limit is specified', 'limit-range'],
  [403, 'cpu max limit to request ratio per Container is 1, but no limit is specified or limit is 0', 'limit-range'],
  [
    422,
    'Pod "migratorydata-0" is invalid: spec.containers[0].resources.requests: Invalid value: "500m": must be less than or equal to cpu limit of 300m',
    'limit-range',
  ],
  [
    422,
    'Pod "migratorydata-0" is invalid: spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    'pod-invalid',
  ],
  [403, 'no PriorityClass with name high was found', 'priority-class-missing'],
  [403, 'error looking up service account ns/shop: serviceaccount "shop" not found', 'service-account-missing'],
  [
    403,
    'violates PodSecurity "restricted:latest": runAsNonRoot != true (pod or container "migratorydata" must set securityContext.runAsNonRoot=true)',
    'pod-security',
  ],
  [
    403,
    'admission webhook "validation.gatekeeper.sh" denied the request: [azurepolicy-k8sazurev2noprivilege] exceeded quota: of patience',
    'admission-denied',
  ],
  [
    422,
    "ValidatingAdmissionPolicy 'owner' with binding 'all' denied request: failed expression: has(object.metadata.labels.owner)",
    'admission-denied',
  ],
  [
    500,
    'Internal error occurred: failed calling webhook "sidecar-injector.istio.io": failed to call webhook: Post "https://istiod.istio-system.svc:443/inject?timeout=10s": context deadline exceeded',
    'webhook-failed',
  ],
] as const;

describe('a refusal of admission control', () => {
  it.each(refusals)('with status %i and the words %j has the code %s', (status, words, code) => {
    const message =
      status === 500 || words.startsWith('Pod ') ? words : `pods "migratorydata-0" is forbidden: ${words}`;
    const text = JSON.stringify({ kind: 'Status', status: 'Failure', code: status, message });
    expect(answerError({ method: 'POST', path: '/x', why: 'apply x' }, status, text).code).toBe(code);
    const event = `create Pod migratorydata-0 in StatefulSet migratorydata failed error: ${message}`;
    const events = [eventOf('StatefulSet', 'migratorydata', 'FailedCreate', event)];
    const situation = { pods: [], statefulSet: setOf(3), events, isNew: () => true, autoscaled: false };
    expect(diagnose(situation)).toMatchObject([{ code }]);
  });

  it.each([
    'pods is forbidden: User "u" cannot create resource "pods" in API group "" in the namespace "ns"',
    'Operation cannot be fulfilled on resourcequotas "team": the object has been modified',
    'secrets "quota" not found',
  ])('is not %j', message => {
    expect(refusalCode(message)).toBeUndefined();
  });
});
