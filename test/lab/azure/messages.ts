import type { IncomingHttpHeaders } from 'node:http';

export type Json = Readonly<Record<string, unknown>>;

/** The effect of a fault on the long-running operation of a request. */
export interface OperationTrouble {
  /** The operation takes this time instead of the usual one. */
  readonly lroMs?: number;
  /** The operation waits here until the test opens the gate. */
  readonly gate?: Gate;
  /** The operation ends Failed with this error. */
  readonly failure?: Failure;
  /** After a failure, the service tries again by itself, and succeeds after this time or when the gate opens. */
  readonly healing?: { readonly lroMs?: number; readonly gate?: Gate };
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly target?: string;
  /** The causes, of which the outer error often says nothing. */
  readonly details?: readonly FailureDetail[];
}

/** An inner error; some services send it without a code. */
export type FailureDetail = Omit<Failure, 'code'> & Partial<Pick<Failure, 'code'>>;

/** A gate at which an operation waits for the test. */
export interface Gate {
  /** Resolves when an operation has reached the gate. */
  readonly reached: Promise<void>;
  /** Resolves when the gate has been opened. */
  readonly opened: Promise<void>;
  arrive(): void;
  open(): void;
}

/** One parsed request; `params` are the names in the pattern of its route. */
export interface ArmRequest<Name extends string = string> {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<Name, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The JSON body; empty when there is none. */
  readonly json: Json;
  /** The form body of a token request; empty otherwise. */
  readonly form: Readonly<Record<string, string>>;
  /** Scheme and host of the request, with which the URLs in a response begin. */
  readonly origin: string;
  readonly trouble: OperationTrouble | undefined;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** The parts of a JSON body that is too large to be built at once. */
  readonly parts?: Iterable<string>;
  readonly headers?: Readonly<Record<string, string>>;
}

export type ErrorShape = 'arm' | 'aks' | 'monitor';

/**
 * A refusal. ARM itself wraps code and message in `error`; the AKS resource provider has both at the top level, and so
 * has Azure Monitor, with capitals (recorded tests of the Azure CLI). az prints all of them in the same form.
 */
export class ArmError extends Error implements Failure {
  readonly status: number;
  readonly code: string;
  readonly shape: ErrorShape;
  readonly target?: string;
  readonly details?: readonly FailureDetail[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    shape: ErrorShape = 'arm',
    more: Pick<Failure, 'target' | 'details'> & { readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.shape = shape;
    if (more.target !== undefined) this.target = more.target;
    if (more.details !== undefined) this.details = more.details;
    this.headers = more.headers ?? {};
  }

  answer(): Answer {
    const { status, headers } = this;
    return { status, body: this.#body(), headers };
  }

  #body(): unknown {
    const { code, message, details } = this;
    switch (this.shape) {
      case 'arm':
        return { error: failureBody(this) };
      case 'aks':
        return { code, message, details: details?.map(failureBody) ?? null, subcode: '' };
      case 'monitor':
        return { Code: code, Message: message };
    }
  }
}

/** Returns an error as it stands in a body. */
export function failureBody({ code, message, target, details }: FailureDetail): Json {
  return {
    ...(code !== undefined && { code }),
    ...(target !== undefined && { target }),
    message,
    ...(details && { details: details.map(failureBody) }),
  };
}

export function ok(body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 200, body, headers };
}

/** Returns the response to a list request that has one page. */
export function list(value: readonly unknown[]): Answer {
  return ok({ value });
}

export function notFound(type: string, name: string, group: string): ArmError {
  return new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${name}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns a nested object of a request body; empty when absent. */
export function objectAt(json: Json, key: string): Json {
  const value = json[key];
  return isObject(value) ? value : {};
}

/** Returns the text at a key; empty when absent or not a text. */
export function textAt(json: Json, key: string): string {
  const value = json[key];
  return typeof value === 'string' ? value : '';
}

/** Returns the number at a key, or `fallback`. */
export function numberAt(json: Json, key: string, fallback: number): number {
  const value = json[key];
  return typeof value === 'number' ? value : fallback;
}

/** Returns the texts of a list at a key. */
export function textsAt(json: Json, key: string): readonly string[] {
  const value = json[key];
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}

/** Returns the tags in the body of a request. */
export function tagsAt(json: Json, key = 'tags'): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(objectAt(json, key)).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}
