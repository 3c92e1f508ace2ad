import { ActionError } from '../errors/action-error.js';
import type { ErrorCode } from '../errors/catalogue.js';
import type { Status } from './types.js';

/** A request that the API server refused or that never reached it; `code` says which, for the user. */
export class ApiError extends ActionError {
  /** The HTTP status; 0 when there was no answer at all. */
  readonly httpStatus: number;
  /** What the API server said, where it was the one that answered. */
  readonly status: Status | undefined;
  /** When the API server asks to be asked again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(verdict: Verdict, answer: Answer) {
    const hint = verdict.hint === undefined ? {} : { hint: verdict.hint };
    super(verdict.code, verdict.message, { ...hint, evidence: answer.evidence ?? '' });
    this.name = 'ApiError';
    this.httpStatus = answer.httpStatus;
    this.status = answer.status;
    this.retryAfterSeconds = answer.retryAfterSeconds ?? answer.status?.details?.retryAfterSeconds;
  }
}

/** Whether an error is an answer of the API with one of the given HTTP statuses. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): error is ApiError {
  return error instanceof ApiError && statuses.includes(error.httpStatus);
}

interface Verdict {
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

/** The request that failed, for the message. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly why: string;
}

/** The error of an answer that is not a success. */
export function answerError(asked: Asked, httpStatus: number, text: string, retryAfterSeconds?: number): ApiError {
  const status = parseStatus(text);
  if (status !== undefined) {
    return new ApiError(judgeStatus(asked, httpStatus, status), { httpStatus, status, retryAfterSeconds });
  }
  return new ApiError(judgeText(asked, httpStatus, text), { httpStatus, retryAfterSeconds, evidence: text });
}

/** The error of a request that got no answer: the connection failed or broke. */
export function connectionError(asked: Asked, error: unknown): ApiError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ApiError({ code: 'api-unreachable', message: `${failed(asked)}: ${reason}.` }, { httpStatus: 0 });
}

/** The Status object that the API server sends with a failure; undefined for anything else. */
function parseStatus(text: string): Status | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<Status> | null;
    return parsed?.kind === 'Status' ? (parsed as Status) : undefined;
  } catch {
    // Not the API server but kubectl proxy or a gateway answered: plain text.
    return undefined;
  }
}

/** The sentence of the disruption budget that blocks an eviction, or undefined when no budget is the cause. */
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

/** Texts of admission: webhooks, Gatekeeper and Azure Policy, pod security, ValidatingAdmissionPolicy. */
export const admissionPattern =
  /admission webhook .* denied|denied the request|violates PodSecurity|ValidatingAdmissionPolicy|azurepolicy|exceeded quota/i;

function judgeStatus(asked: Asked, httpStatus: number, status: Status): Verdict {
  const causes = status.details?.causes ?? [];
  const said = status.message ?? status.reason ?? `HTTP ${httpStatus}`;
  const message = `${failed(asked)}: ${withoutFullStop(said)}.`;
  if (causes.some(({ reason }) => reason === 'NamespaceTerminating')) return { code: 'namespace-terminating', message };
  if (causes.some(({ reason }) => reason === 'DisruptionBudget')) {
    const detail = causes.find(({ reason }) => reason === 'DisruptionBudget')?.message;
    return { code: 'disruption-blocked', message: detail === undefined ? message : `${message} ${detail}` };
  }
  if ([400, 403, 422].includes(httpStatus) && admissionPattern.test(said)) return { code: 'admission-denied', message };
  if (httpStatus === 422 && /field is immutable|updates to statefulset spec for fields other than/i.test(said)) {
    return { code: 'immutable-field', message };
  }
  // The store behind the API server has no leader or is slow: it mends itself.
  if (httpStatus === 500 && /etcdserver|context deadline exceeded/.test(said))
    return { code: 'api-unreachable', message };
  return { code: codesByStatus[httpStatus] ?? 'api-error', message };
}

/** kubectl proxy answers 500 or 502 with the bare text of what kept it from reaching the API server. */
function judgeText(asked: Asked, httpStatus: number, text: string): Verdict {
  const firstLine = text.trim().split('\n')[0] ?? '';
  const message = `${failed(asked)}: ${withoutFullStop(firstLine) || `HTTP ${httpStatus}`}.`;
  const plugin = /exec: executable (\S+) not found/.exec(text)?.[1];
  if (plugin === 'kubelogin') return { code: 'kubelogin-missing', message };
  if (plugin !== undefined) {
    return { code: 'tool-missing', message, hint: `Install ${plugin}: the kubeconfig gets its credentials from it.` };
  }
  if (/getting credentials:|Unauthorized/.test(text)) return { code: 'api-unauthorized', message };
  if (/x509:/.test(text)) {
    return {
      code: 'api-unreachable',
      message,
      hint: 'The kubeconfig belongs to another cluster, or a proxy intercepts.',
    };
  }
  if (/(localhost|127\.0\.0\.1|\[::1\]):8080: connect: connection refused/.test(text)) {
    // The address that kubectl falls back to when the kubeconfig names no cluster.
    return {
      code: 'kubeconfig-invalid',
      message: `${message} The kubeconfig names no cluster in its current context.`,
    };
  }
  const code = httpStatus >= 500 ? 'api-unreachable' : (codesByStatus[httpStatus] ?? 'api-error');
  return { code, message };
}

function failed({ method, path, why }: Asked): string {
  return `Could not ${why} (${method} ${path.split('?')[0] ?? path})`;
}

function withoutFullStop(text: string): string {
  return text.trim().replace(/\.$/, '');
}
