import { ActionError } from '../../errors/action-error.js';
import type { ErrorCode } from '../../errors/catalogue.js';
import { reasonOf } from '../../runtime/thrown.js';
import { refusalCode } from './admission.js';
import type { Status } from './types.js';

/** A request that the API server rejected or that did not reach it; `code` says which. */
export class ApiError extends ActionError {
  /** The HTTP status; 0 when there was no response. */
  readonly httpStatus: number;
  /** The Status object, if the API server sent the response. */
  readonly status: Status | undefined;
  /** When the API server requests a retry. */
  readonly retryAfterSeconds: number | undefined;

  constructor(result: Classification, answer: Answer) {
    const hint = result.hint === undefined ? {} : { hint: result.hint };
    super(result.code, result.message, { ...hint, evidence: answer.evidence ?? '' });
    this.name = 'ApiError';
    this.httpStatus = answer.httpStatus;
    this.status = answer.status;
    this.retryAfterSeconds = answer.retryAfterSeconds ?? answer.status?.details?.retryAfterSeconds;
  }
}

/** Returns whether an error is a response of the API with one of the given HTTP statuses. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): error is ApiError {
  return error instanceof ApiError && statuses.includes(error.httpStatus);
}

interface Classification {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

interface Answer {
  readonly httpStatus: number;
  readonly status?: Status | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly evidence?: string;
}

/** The failed request, for the error message. */
export interface FailedRequest {
  readonly method: string;
  readonly path: string;
  readonly why: string;
}

/** Returns the error for a response that is not a success. */
export function answerError(
  request: FailedRequest,
  httpStatus: number,
  text: string,
  retryAfterSeconds?: number,
): ApiError {
  const status = parseStatus(text);
  if (status !== undefined) {
    return new ApiError(classifyStatus(request, httpStatus, status), { httpStatus, status, retryAfterSeconds });
  }
  return new ApiError(classifyText(request, httpStatus, text), { httpStatus, retryAfterSeconds, evidence: text });
}

/** Returns the error for a request without a response: the connection failed or was lost. */
export function connectionError(request: FailedRequest, error: unknown): ApiError {
  return new ApiError(
    { code: 'api-unreachable', message: `${failed(request)}: ${reasonOf(error)}.` },
    { httpStatus: 0 },
  );
}

/**
 * Returns the error for a response that only looks like a success: the API server sends some failures of a subresource as
 * the result of a creation, such as that two budgets select the pod to evict.
 */
export function hiddenFailure(request: FailedRequest, text: string): ApiError | undefined {
  const status = request.method === 'GET' ? undefined : parseStatus(text);
  return status?.status === 'Failure' ? answerError(request, status.code ?? 500, text) : undefined;
}

/** Returns whether a dry run was refused because a webhook has effects that it cannot leave out. */
export function isDryRunUnsupported(error: unknown): error is ApiError {
  return hasStatus(error, 400) && / does not support dry run/.test(error.message);
}

/** Returns the Status object that the API server sends with a failure; undefined for any other text. */
function parseStatus(text: string): Status | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<Status> | null;
    return parsed?.kind === 'Status' ? (parsed as Status) : undefined;
  } catch {
    // Plain text: kubectl proxy or a gateway responded, not the API server.
    return undefined;
  }
}

/** Returns the message of the PodDisruptionBudget that blocks an eviction; undefined when none is the cause. */
export function budgetRefusal(error: unknown): string | undefined {
  if (!hasStatus(error, 429)) return undefined;
  const cause = error.status?.details?.causes?.find(({ reason }) => reason === 'DisruptionBudget');
  return cause && (cause.message ?? error.status?.message ?? 'a disruption budget does not allow it');
}

const codesByStatus: Readonly<Partial<Record<number, ErrorCode>>> = {
  401: 'api-unauthorized',
  403: 'api-forbidden',
  409: 'api-conflict',
  500: 'api-error',
  502: 'api-unreachable',
  503: 'api-unreachable',
  504: 'api-unreachable',
};

function classifyStatus(request: FailedRequest, httpStatus: number, status: Status): Classification {
  const causes = status.details?.causes ?? [];
  const text = status.message ?? status.reason ?? `HTTP ${httpStatus}`;
  const message = `${failed(request)}: ${withoutFullStop(text)}.`;
  if (causes.some(({ reason }) => reason === 'NamespaceTerminating')) return { code: 'namespace-terminating', message };
  if (causes.some(({ reason }) => reason === 'DisruptionBudget')) {
    const detail = causes.find(({ reason }) => reason === 'DisruptionBudget')?.message;
    return { code: 'disruption-blocked', message: detail === undefined ? message : `${message} ${detail}` };
  }
  const refusal = [400, 403, 422, 500].includes(httpStatus) ? refusalCode(text) : undefined;
  if (refusal !== undefined) return { code: refusal, message };
  if (/more than one PodDisruptionBudget/.test(text)) return { code: 'budgets-overlap', message };
  if (httpStatus === 422 && /field is immutable|updates to statefulset spec for fields other than/i.test(text)) {
    return { code: 'immutable-field', message };
  }
  // etcd has no leader or is slow, which is transient.
  if (httpStatus === 500 && /etcdserver|context deadline exceeded/.test(text))
    return { code: 'api-unreachable', message };
  return { code: codesByStatus[httpStatus] ?? 'api-error', message };
}

/** Classifies plain text: kubectl proxy responds with 500 or 502 and the reason why it cannot reach the API server. */
function classifyText(request: FailedRequest, httpStatus: number, text: string): Classification {
  const firstLine = text.trim().split('\n')[0] ?? '';
  const message = `${failed(request)}: ${withoutFullStop(firstLine) || `HTTP ${httpStatus}`}.`;
  const plugin = /exec: executable (\S+) not found/.exec(text)?.[1];
  if (plugin === 'kubelogin') return { code: 'kubelogin-missing', message };
  if (plugin !== undefined) {
    return { code: 'tool-missing', message, hint: `Install ${plugin}: the kubeconfig uses it to get credentials.` };
  }
  if (/getting credentials: (decoding stdout|exec plugin )/.test(text)) {
    const hint =
      'The credential plugin of the kubeconfig does not answer in the version that the kubeconfig names: update the plugin, or create the kubeconfig again.';
    return { code: 'kubeconfig-invalid', message, hint };
  }
  if (/getting credentials:|Unauthorized/.test(text)) return { code: 'api-unauthorized', message };
  if (/x509:/.test(text)) {
    return {
      code: 'api-unreachable',
      message,
      hint: 'The kubeconfig belongs to another cluster, or a proxy intercepts TLS connections.',
    };
  }
  if (/(localhost|127\.0\.0\.1|\[::1\]):8080: connect: connection refused/.test(text)) {
    // The address that kubectl uses when the kubeconfig contains no cluster.
    return {
      code: 'kubeconfig-invalid',
      message: `${message} The current context of the kubeconfig has no cluster.`,
    };
  }
  const code = httpStatus >= 500 ? 'api-unreachable' : (codesByStatus[httpStatus] ?? 'api-error');
  return { code, message };
}

function failed({ method, path, why }: FailedRequest): string {
  return `Could not ${why} (${method} ${path.split('?')[0] ?? path})`;
}

function withoutFullStop(text: string): string {
  return text.trim().replace(/\.$/, '');
}
