import { describe, expect, it } from '@jest/globals';
import {
  answerError,
  budgetRefusal,
  connectionError,
  hasStatus,
  hiddenFailure,
  isDryRunUnsupported,
} from '../../../../src/kubernetes/api/api-error.js';

const request = { method: 'PATCH', path: '/api/v1/x?fieldManager=m', why: 'apply x' };
const status = (code: number, message: string, causes: object[] = []): string =>
  JSON.stringify({ kind: 'Status', code, message, details: { causes } });

describe('answerError', () => {
  it.each([
    ['expired credentials', 401, status(401, 'Unauthorized'), 'api-unauthorized'],
    ['a missing role', 403, status(403, 'pods is forbidden: User "u" cannot list resource'), 'api-forbidden'],
    [
      'a policy',
      403,
      status(403, 'admission webhook "v.gatekeeper.sh" denied the request: [azurepolicy-x]'),
      'admission-denied',
    ],
    [
      'a terminating namespace',
      403,
      status(403, 'forbidden', [{ reason: 'NamespaceTerminating' }]),
      'namespace-terminating',
    ],
    ['a conflict', 409, status(409, 'the object has been modified'), 'api-conflict'],
    [
      'an immutable field',
      422,
      status(422, 'spec: Forbidden: updates to statefulset spec for fields other than'),
      'immutable-field',
    ],
    ['an invalid field', 422, status(422, 'spec.x: Invalid value'), 'api-error'],
    [
      'a budget',
      429,
      status(429, 'Cannot evict pod', [{ reason: 'DisruptionBudget', message: 'needs 3' }]),
      'disruption-blocked',
    ],
    ['etcd without a leader', 500, status(500, 'etcdserver: leader changed'), 'api-unreachable'],
    [
      'a webhook that restarts',
      500,
      status(
        500,
        'Internal error occurred: failed calling webhook "x.io": failed to call webhook: Post "https://y": EOF',
      ),
      'webhook-failed',
    ],
    [
      'a webhook whose service is gone (istio/istio issue 16481)',
      500,
      status(
        500,
        'Internal error occurred: failed calling admission webhook "sidecar-injector.istio.io": Post https://x: service "istio-sidecar-injector" not found',
      ),
      'webhook-failed',
    ],
    ['a server that is starting', 503, status(503, 'the server is starting'), 'api-unreachable'],
    [
      'a missing kubelogin',
      500,
      'getting credentials: exec: executable kubelogin not found\n\nIt looks',
      'kubelogin-missing',
    ],
    ['a missing credential plugin', 500, 'getting credentials: exec: executable aws not found', 'tool-missing'],
    ['a failing credential plugin', 500, 'getting credentials: exec: exit code 1', 'api-unauthorized'],
    [
      'a credential plugin of another version',
      500,
      'getting credentials: decoding stdout: no kind "ExecCredential" is registered for version "client.authentication.k8s.io/v1alpha1" in scheme "pkg/runtime/scheme.go:111"',
      'kubeconfig-invalid',
    ],
    ['a timeout', 500, 'dial tcp 10.0.0.1:443: i/o timeout', 'api-unreachable'],
    ['an unknown certificate', 500, 'tls: failed to verify certificate: x509: unknown authority', 'api-unreachable'],
    ['an empty kubeconfig', 500, 'dial tcp 127.0.0.1:8080: connect: connection refused', 'kubeconfig-invalid'],
  ])('classifies %s', (_, httpStatus, text, code) => {
    const error = answerError(request, httpStatus, text);
    expect(error.code).toBe(code);
    expect(error.message).toContain('Could not apply x (PATCH /api/v1/x): ');
    expect(hasStatus(error, httpStatus)).toBe(true);
  });

  it('returns the message of the PodDisruptionBudget that blocks an eviction, and nothing else', () => {
    const causes = [
      { reason: 'DisruptionBudget', message: 'The disruption budget b needs 3 healthy pods and has 3 currently' },
    ];
    expect(budgetRefusal(answerError(request, 429, status(429, 'Cannot evict', causes)))).toBe(causes[0]?.message);
    expect(budgetRefusal(answerError(request, 429, 'Too many requests'))).toBeUndefined();
    expect(budgetRefusal(new Error('x'))).toBeUndefined();
  });

  it('recognizes a webhook that does not support a dry run, in the words of the API server', () => {
    const unsupported = status(400, 'admission webhook "limits.example.com" does not support dry run');
    expect(isDryRunUnsupported(answerError(request, 400, unsupported))).toBe(true);
    expect(isDryRunUnsupported(answerError(request, 400, status(400, 'strict decoding error')))).toBe(false);
  });

  it('finds a failure in a response with the status of a success, unless it is the result of a read', () => {
    const failure = JSON.stringify({ kind: 'Status', status: 'Failure', code: 500, message: 'no' });
    const success = JSON.stringify({ kind: 'Status', status: 'Success' });
    expect(hiddenFailure(request, failure)).toMatchObject({ code: 'api-error', httpStatus: 500 });
    expect(hiddenFailure(request, success)).toBeUndefined();
    expect(hiddenFailure({ ...request, method: 'GET' }, failure)).toBeUndefined();
  });

  it('contains the cause of a lost connection', () => {
    const error = connectionError(request, new Error('socket hang up'));
    expect([error.code, error.httpStatus, error.transient]).toEqual(['api-unreachable', 0, true]);
    expect(error.message).toContain('socket hang up');
  });
});
