import type { ActionError } from '../../errors/action-error.js';
import { asList, asRecord, text } from '../../runtime/json.js';
import type { Clock, Fence, Https, HttpsResponse, Log, Ports } from '../../runtime/ports.js';
import type { AzCommand } from '../cli/az-commands.js';
import type { AzureSession } from '../cli/login.js';
import { azError } from '../errors/errors.js';
import { checkedLink, createAccess } from './access.js';
import { createAttempt } from './attempts.js';
import { parseOutput, unlessAbsent } from './call-errors.js';
import type { AzureCall } from './call.js';
import { type OperationState, operationUrl } from './operation.js';
import { type ArmRequest, equivalentCommand, pathOf } from './request.js';
import { sendToArm, type SendPorts } from './send.js';
import { stateOf, waitForOperation } from './wait.js';

/** An operation that Azure has accepted. */
export interface Operation {
  /**
   * Waits until the operation has ended.
   * @throws ActionError with the reason of Azure when it failed, `command-timeout` when it has not ended after `limitMs`,
   * which is the limit of the request by default.
   */
  ended(limitMs?: number): Promise<void>;
}

/**
 * The client of Azure, with login, retries and typed results. It throws only ActionErrors and the reason of the abort
 * signal.
 */
export interface AzureClient {
  readonly clock: Clock;
  readonly log: Log;
  readonly session: AzureSession;
  readonly signal: AbortSignal;
  /** Now, by the clock of Azure as soon as it has responded: the clock of a runner may be wrong. */
  date(): Date;
  /** Returns how long the token for a subscription is valid, in milliseconds. */
  tokenMs(subscriptionId: string): Promise<number>;
  /** Runs a call until it succeeds; returns its output. Azure may not have finished what a request has started. */
  run(call: AzureCall): Promise<string>;
  /** Runs a call and parses its JSON. @throws ActionError `command-failed` when `parse` rejects it. */
  read<T>(call: AzureCall, parse: (json: unknown) => T): Promise<T>;
  /** Like `read`, but returns undefined when the resource or its resource group does not exist. */
  find<T>(call: AzureCall, parse: (json: unknown) => T): Promise<T | undefined>;
  /** Reads a list with all its pages. */
  list<T>(request: ArmRequest, parse: (item: unknown) => T): Promise<readonly T[]>;
  /** Sends a request until Azure has accepted it. */
  begin(request: ArmRequest): Promise<Operation>;
  /** Sends a request and waits until the operation that it starts has ended. */
  complete(request: ArmRequest): Promise<void>;
  /** Returns the same client with another signal, for work that must continue after the main work has ended. */
  withSignal(signal: AbortSignal): AzureClient;
  /** Returns the same client with a fence before each try of a change. */
  withFence(fence: Fence): AzureClient;
}

type AzurePorts = Pick<Ports, 'runner' | 'clock' | 'log' | 'files' | 'run'> &
  SendPorts & {
    /** Hides a secret in all output. */
    readonly hide: (secret: string) => void;
  };

const responseMs = 2 * 60_000;
const operationMs = 10 * 60_000;

function limitOf(request: ArmRequest): number {
  return request.operationMs ?? operationMs;
}

/**
 * Creates the only client that starts az and sends requests to Azure Resource Manager. It keeps the login valid, retries
 * where a retry may help, and converts failures to errors of the catalogue. `random` spreads the retries.
 */
export function createAzure(
  ports: AzurePorts,
  session: AzureSession,
  runSignal: AbortSignal,
  random: () => number = Math.random,
): AzureClient {
  const { runner, clock, log, journal } = ports;
  const access = createAccess(ports, session, (command, parse, signal) => open(signal).read(command, parse));
  const givenUp = new WeakSet<ActionError>();
  let skewMs = 0;
  const https: Https = {
    async send(request, signal) {
      const response = await ports.https.send(request, signal);
      const azureMs = Date.parse(response.headers['date'] ?? '');
      if (Number.isFinite(azureMs)) skewMs = azureMs - clock.date().getTime();
      return response;
    },
  };

  /** Returns the client with a signal and a fence; all share the login, its tokens and the clock of Azure. */
  function open(signal: AbortSignal, fence?: Fence): AzureClient {
    const attempt = createAttempt({ clock, log, session, access, random, givenUp }, signal);

    /** Runs az once. */
    const start = async (command: AzCommand): Promise<string> => {
      await session.ensure(signal);
      const env = { ...session.env, ...command.env };
      if (command.effect !== 'read') await fence?.();
      const result = await runner.run({ ...command, env }, signal);
      if (result.code !== 0) throw azError(command, result);
      return result.stdout;
    };
    /** Sends a request once, or requests a URL that Azure has named in the response to it. */
    const send = async (request: ArmRequest, link?: string): Promise<HttpsResponse> => {
      const { endpoint, token, subscriptionId } = await access.get(request.subscriptionId, signal);
      const { why, timeoutMs = responseMs } = request;
      if (request.method !== 'GET' && link === undefined) await fence?.();
      const call =
        link === undefined
          ? { ...request, url: endpoint + pathOf(request, subscriptionId) }
          : { method: 'GET' as const, why, url: checkedLink(link, endpoint, why) };
      return sendToArm({ https, journal }, { ...call, token, timeoutMs }, signal);
    };
    const announce = (request: ArmRequest): void => {
      if (request.method !== 'GET') log.info(`same as: ${equivalentCommand(request)}`);
    };
    const run = async (call: AzureCall): Promise<string> => {
      if ('tool' in call) return attempt(call.effect, () => start(call));
      announce(call);
      return (await attempt(call.effect, () => send(call))).text;
    };
    const operationOf = (request: ArmRequest, response: HttpsResponse): Operation => {
      const { why } = request;
      const link = operationUrl(response);
      if (link === undefined) return { ended: () => Promise.resolve() };
      const look = (leftMs: number): Promise<OperationState> =>
        attempt('read', () => stateOf(() => send(request, link), why), leftMs);
      const ended = (limitMs = limitOf(request)): Promise<void> =>
        waitForOperation({ clock, signal }, { response, why, look }, limitMs);
      return { ended };
    };

    const client: AzureClient = {
      ...{ clock, log, session, signal, run },
      date: () => new Date(clock.date().getTime() + skewMs),
      tokenMs: async subscriptionId =>
        (await access.expiry(subscriptionId, signal)).getTime() - client.date().getTime(),
      read: async (call, parse) => parseOutput(call, await run(call), parse),
      find: (call, parse) => unlessAbsent(client.read(call, parse)),
      async list(request, parse) {
        const items: ReturnType<typeof parse>[] = [];
        let page = await run(request);
        for (;;) {
          const link = parseOutput(request, page, json => {
            items.push(...asList(asRecord(json)['value']).map(parse));
            return text(asRecord(json)['nextLink']);
          });
          if (link === '') return items;
          page = (await attempt('read', () => send(request, link))).text;
        }
      },
      async begin(request) {
        announce(request);
        return operationOf(request, await attempt(request.effect, () => send(request)));
      },
      async complete(request) {
        if (request.effect === 'guarded') {
          // Once Azure has accepted it, no error of a poll repeats it.
          await (await client.begin(request)).ended();
          return;
        }
        announce(request);
        const work = async (): Promise<void> => operationOf(request, await send(request)).ended();
        await attempt(request.effect, work, limitOf(request));
      },
      withSignal: other => open(other, fence),
      withFence: other => open(signal, other),
    };
    return client;
  }

  return open(runSignal);
}
