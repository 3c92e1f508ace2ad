import type { Command, CommandResult, Https, HttpsRequest, HttpsResponse } from '../../../src/runtime/ports.js';
import { ScriptedRunner } from '../fakes.js';

export const subscriptionId = '0b1f6471-1bf0-4dda-aec3-cb9272f09590';
export const endpoint = 'https://management.azure.com';

/** An answer of az or of Azure Resource Manager. */
export interface Answer extends Partial<CommandResult> {
  /** Of a request; 200 by default, and 202 for a write that starts an operation. */
  readonly status?: number;
  readonly headers?: HttpsResponse['headers'];
  /** The connection is lost instead. */
  readonly lost?: string;
}

/**
 * Answers az commands and requests to Azure Resource Manager by the first matching rule. A request is the line `GET
 * managedClusters/aks-shop`: its method, the end of its path, the condition and the body. The token and the endpoint come
 * without a rule, and are not among the lines.
 */
export class ScriptedAzure extends ScriptedRunner implements Https {
  readonly requests: HttpsRequest[] = [];
  readonly #lines: string[] = [];
  /** How often az was asked for a token. The first one ends an hour after the start of the clock, the second after two. */
  get tokens(): number {
    return this.tokenCommands.length;
  }
  readonly tokenCommands: Command[] = [];
  /** How often az was asked for the endpoint. */
  endpoints = 0;

  override on(text: string, ...answers: Answer[]): this {
    return super.on(text, ...answers);
  }

  override lines(): string[] {
    return this.#lines;
  }

  override async run(command: Command, signal: AbortSignal): Promise<CommandResult> {
    const line = ['az', ...command.argv].join(' ');
    const answers = this.answersTo(line);
    if (answers === undefined && line.startsWith('az account get-access-token')) {
      this.tokenCommands.push(command);
      return { code: 0, stdout: tokenJson(this.tokens), stderr: '', ms: 1 };
    }
    if (answers === undefined && line.startsWith('az cloud show')) {
      this.endpoints += 1;
      const stdout = JSON.stringify({ endpoints: { resourceManager: `${endpoint}/` } });
      return { code: 0, stdout, stderr: '', ms: 1 };
    }
    this.#lines.push([command.tool, ...command.argv].join(' '));
    return super.run(command, signal);
  }

  async send(request: HttpsRequest, signal: AbortSignal): Promise<HttpsResponse> {
    signal.throwIfAborted();
    const line = lineOf(request);
    this.requests.push(request);
    this.#lines.push(line);
    const answer = this.next(line) as Answer;
    await Promise.resolve();
    if (answer.lost !== undefined) throw new Error(answer.lost);
    const { status, text } = answer.code ? refusal(answer.stderr ?? '', answer.code) : accepted(answer);
    return { status: answer.status ?? status, headers: answer.headers ?? {}, text };
  }
}

function tokenJson(count: number): string {
  const expires_on = Date.UTC(2026, 0, 1, count) / 1000;
  return JSON.stringify({
    ...{ accessToken: `token-${count}`, expires_on },
    ...{ subscription: subscriptionId, tenant: 'tenant-1' },
  });
}

export function lineOf({ method, url, headers, body }: HttpsRequest): string {
  const { pathname } = new URL(url);
  const condition = headers['if-match'] === undefined ? '' : ` if-match ${headers['if-match']}`;
  return `${method} ${pathname.split('/').slice(-2).join('/')}${condition}${body === undefined ? '' : ` ${body}`}`;
}

/** A list is printed as az prints it, and Azure sends it as a page. */
function accepted({ stdout = '' }: Answer): { readonly status: number; readonly text: string } {
  const isList = stdout.startsWith('[');
  return { status: 200, text: isList ? `{"value":${stdout}}` : stdout };
}

const statuses: Readonly<Record<string, number>> = {
  AuthorizationFailed: 403,
  Throttled: 429,
  EtagMismatch: 412,
  InternalServerError: 500,
  ServiceUnavailable: 503,
  OperationNotAllowed: 409,
  Conflict: 409,
  ScopeLocked: 409,
};

/** An error as Azure sends it, from how az prints it. */
function refusal(stderr: string, exitCode: number): { readonly status: number; readonly text: string } {
  const [, code = 'Unknown', message = stderr] = /\((\w+)\) ([^\n]*)/.exec(stderr) ?? [];
  const status = exitCode === 3 ? 404 : (statuses[code] ?? 400);
  return { status, text: JSON.stringify({ error: { code, message } }) };
}
