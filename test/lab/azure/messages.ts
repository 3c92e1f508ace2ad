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
}

export interface Failure {
  readonly code: string;
  readonly message: string;
}

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
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A refusal. ARM itself wraps code and message in `error`; the AKS resource provider has both at the top level
 * (recorded tests of the Azure CLI). az prints either in the same form.
 */
export class ArmError extends Error {
  readonly status: number;
  readonly code: string;
  readonly shape: 'arm' | 'aks';

  constructor(status: number, code: string, message: string, shape: 'arm' | 'aks' = 'arm') {
    super(message);
    this.status = status;
    this.code = code;
    this.shape = shape;
  }

  answer(): Answer {
    const { status, code, message } = this;
    return {
      status,
      body: this.shape === 'arm' ? { error: { code, message } } : { code, message, details: null, subcode: '' },
    };
  }
}

export function ok(body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 200, body, headers };
}

/** Returns the response to a list request. */
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
