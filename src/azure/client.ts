import { ActionError, hasCode } from '../errors/action-error.js';
import { asList, asRecord, text } from '../runtime/json.js';
import type { Clock, Https, HttpsResponse, Log, Ports } from '../runtime/ports.js';
import { retry } from '../runtime/time.js';
import { checkedLink, createAccess } from './arm/access.js';
import { type OperationState, operationUrl, readOperation } from './arm/operation.js';
import { type ArmRequest, equivalentCommand, pathOf } from './arm/request.js';
import { ArmError, retryAfterMs, sendToArm, type SendPorts } from './arm/send.js';
import type { AzCommand } from './az-commands.js';
import { claimsError, parseOutput, unfinishedError } from './call-errors.js';
import type { AzureCall } from './call.js';
import { azError } from './errors.js';
import type { AzureSession } from './login.js';
import { pollPauseMs, pollUntil } from './polling.js';
import { pauseBeforeRetry } from './retries.js';

/** An operation that Azure has accepted. */
export interface Operation {
  /**
   * Waits until the operation has ended.
   * @throws ActionError with the reason of Azure when it failed, `command-timeout` when it has not ended after `limitMs`.
   */
  ended(limitMs: number): Promise<void>;
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
}

type AzurePorts = Pick<Ports, 'runner' | 'clock' | 'log' | 'files' | 'run'> &
  SendPorts & {
    /** Hides a secret in all output. */
    readonly hide: (secret: string) => void;
  };

const responseMs = 2 * 60_000;
const operationMs = 10 * 60_000;

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
  let skewMs = 0;
  const timedHttps: Https = {
    async send(request, signal) {
      const response = await ports.https.send(request, signal);
      const azureMs = Date.parse(response.headers['date'] ?? '');
      if (Number.isFinite(azureMs)) skewMs = azureMs - clock.date().getTime();
      return response;
    },
  };

  /** Returns the client with a signal; all share the login, its tokens and the clock of Azure. */
  function open(signal: AbortSignal): AzureClient {
    const runAz = async (command: AzCommand): Promise<string> => {
      await session.ensure(signal);
      const env = { ...session.env, ...command.env };
      const result = await runner.run({ ...command, env }, signal);
      if (result.code !== 0) throw azError(command, result);
      return result.stdout;
    };

    const send = async (request: ArmRequest, link?: string): Promise<HttpsResponse> => {
      const { endpoint, token, subscriptionId } = await access.get(request.subscriptionId, signal);
      const { timeoutMs = responseMs } = request;
      const url =
        link === undefined ? endpoint + pathOf(request, subscriptionId) : checkedLink(link, endpoint, request.why);
      return sendToArm({ https: timedHttps, journal }, { ...request, url, token, timeoutMs }, signal);
    };
    /** Requests a URL that Azure has named in the response to `request`. */
    const follow = (request: ArmRequest, link: string): Promise<HttpsResponse> => {
      const read = readOf(request);
      return attempt(read, () => send(read, link));
    };
    const readState = (request: ArmRequest, link: string): Promise<OperationState> => {
      const read = readOf(request);
      return attempt(read, async () => {
        try {
          return readOperation(await send(read, link), request.why);
        } catch (error) {
          // A Location responds with the error of the operation; the poll itself cannot have a conflict.
          if (error instanceof ArmError && error.status === 409) return { state: 'failed', error };
          throw error;
        }
      });
    };

    /** Returns whether another try has a login that this error does not concern. */
    const renewLogin = async (error: ActionError): Promise<boolean> => {
      const refused = error instanceof ArmError && error.status === 401;
      const refusedAz = !(error instanceof ArmError) && error.code === 'azure-not-logged-in';
      if (!refused && !refusedAz && error.code !== 'azure-assertion-expired') return false;
      const claims = error instanceof ArmError ? error.claims : '';
      // az uses a token until it expires, whatever Azure says of it; another one takes another folder.
      const renewed = claims !== '' || refusedAz ? await session.startAnew(signal) : await session.renew(signal);
      // Afterwards, because other requests may ask for a token while the login is renewed.
      access.forget();
      if (!renewed && claims !== '') throw claimsError(error, claims);
      if (renewed) log.info('Azure no longer accepted the login, so it was renewed.');
      // az itself renews the token of some logins of an earlier step.
      return renewed || refused;
    };

    const attempt = async <T>(
      { effect }: Pick<AzureCall, 'effect'>,
      work: () => Promise<T>,
      limitMs = Infinity,
    ): Promise<T> => {
      const startedMs = clock.now();
      let renewed = false;
      const pauseBefore = async (error: unknown, tries: number): Promise<number | undefined> => {
        if (!(error instanceof ActionError)) return undefined;
        if (!renewed && (await renewLogin(error))) {
          renewed = true;
          return 0;
        }
        const elapsedMs = clock.now() - startedMs;
        if (elapsedMs >= limitMs) return undefined;
        const requestedMs = error instanceof ArmError ? error.retryAfterMs : undefined;
        const pauseMs = pauseBeforeRetry({ error, effect, tries, elapsedMs, requestedMs, chance: random() });
        if (pauseMs === undefined) return undefined;
        log.info(`${error.message} (${error.code}); retrying in ${Math.round(pauseMs / 1000)} s`);
        return pauseMs;
      };
      return retry(clock, signal, work, pauseBefore);
    };

    const operationOf = (request: ArmRequest, accepted: HttpsResponse): Operation => {
      const link = operationUrl(accepted);
      return {
        ended: limitMs => (link === undefined ? Promise.resolve() : waitForEnd(request, accepted, link, limitMs)),
      };
    };
    const waitForEnd = async (
      request: ArmRequest,
      accepted: HttpsResponse,
      link: string,
      limitMs: number,
    ): Promise<void> => {
      const deadlineMs = clock.now() + limitMs;
      let toldMs = retryAfterMs(accepted);
      await clock.sleep(Math.min(limitMs, toldMs ?? pollPauseMs(0)), signal);
      const end = await pollUntil(client, {
        look: async () => {
          const state = await readState(request, link);
          if (state.state !== 'running') return state;
          toldMs = state.pauseMs;
          return undefined;
        },
        pauseMs: elapsedMs => toldMs ?? pollPauseMs(elapsedMs),
        deadlineMs,
        onDeadline: last => unfinishedError(request, limitMs, last),
      });
      if (end.state === 'failed') throw end.error;
    };

    const run = async (call: AzureCall): Promise<string> => {
      if ('tool' in call) return attempt(call, () => runAz(call));
      announce(call);
      return (await attempt(call, () => send(call))).text;
    };
    const announce = (request: ArmRequest): void => {
      if (request.method !== 'GET') log.info(`same as: ${equivalentCommand(request)}`);
    };

    const client: AzureClient = {
      ...{ clock, log, session, signal, run },
      date: () => new Date(clock.date().getTime() + skewMs),
      tokenMs: async subscriptionId =>
        (await access.expiry(subscriptionId, signal)).getTime() - client.date().getTime(),
      read: async (call, parse) => parseOutput(call, await run(call), parse),
      async find(call, parse) {
        try {
          return await client.read(call, parse);
        } catch (error) {
          if (hasCode(error, 'azure-not-found')) return undefined;
          throw error;
        }
      },
      async list(request, parse) {
        const items: ReturnType<typeof parse>[] = [];
        let page = await run(request);
        for (;;) {
          const next = parseOutput(request, page, json => {
            items.push(...asList(asRecord(json)['value']).map(parse));
            return text(asRecord(json)['nextLink']);
          });
          if (next === '') return items;
          page = (await follow(request, next)).text;
        }
      },
      async begin(request) {
        announce(request);
        return operationOf(request, await attempt(request, () => send(request)));
      },
      async complete(request) {
        const limitMs = request.operationMs ?? operationMs;
        if (request.effect === 'guarded') {
          // Once Azure has accepted it, no error of a poll repeats it.
          await (await client.begin(request)).ended(limitMs);
          return;
        }
        announce(request);
        const work = async (): Promise<void> => operationOf(request, await send(request)).ended(limitMs);
        await attempt(request, work, limitMs);
      },
      withSignal: open,
    };
    return client;
  }

  return open(runSignal);
}

/** Returns a read for the purpose of a request, for a URL that Azure has named. */
function readOf({ why, subscriptionId, path, apiVersion }: ArmRequest): ArmRequest {
  return { method: 'GET', why, subscriptionId, path, apiVersion, effect: 'read' };
}
