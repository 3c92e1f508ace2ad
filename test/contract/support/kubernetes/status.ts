import type { Json } from './objects.js';

/** An error response of the API server; `body` is a Status object. */
export class StatusError extends Error {
  readonly status: number;
  readonly body: Json;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, reason: string, message: string, details: Json = {}) {
    super(message);
    this.status = status;
    this.body = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      details,
      code: status,
    };
    const retry = details['retryAfterSeconds'];
    this.retryAfterSeconds = typeof retry === 'number' ? retry : undefined;
  }
}

/** The response of kubectl proxy itself when it cannot reach the API server: plain text. */
export class ProxyError extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

export function notFound(plural: string, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${plural} "${name}" not found`, { name, kind: plural });
}

export function conflict(plural: string, name: string, why: string): StatusError {
  return new StatusError(409, 'Conflict', `Operation cannot be fulfilled on ${plural} "${name}": ${why}`, { name });
}
