import { ActionError, hasCode } from '../errors/action-error.js';
import type { Clock, Log, Ports } from '../runtime/ports.js';
import { retry } from '../runtime/time.js';
import type { AzCommand } from './commands.js';
import { azError } from './errors.js';
import type { AzureSession } from './login.js';
import { pauseBeforeRetry } from './retries.js';

/**
 * The az client, with login, retries and typed results. It throws only ActionErrors and the reason of the abort signal.
 */
export interface Az {
  readonly clock: Clock;
  readonly log: Log;
  readonly session: AzureSession;
  readonly signal: AbortSignal;
  /** Runs a command until it succeeds; returns its standard output. */
  run(command: AzCommand): Promise<string>;
  /** Runs a command and parses its JSON. @throws ActionError `command-failed` when `parse` rejects it. */
  read<T>(command: AzCommand, parse: (json: unknown) => T): Promise<T>;
  /** Like `read`, but returns undefined when the resource or its resource group does not exist. */
  find<T>(command: AzCommand, parse: (json: unknown) => T): Promise<T | undefined>;
  /** Returns the same client with another signal, for work that must continue after the main work has ended. */
  withSignal(signal: AbortSignal): Az;
}

/**
 * Creates the only client that starts az. It keeps the login valid, retries where a retry may help, and converts
 * failures to errors of the catalogue. `random` spreads the retries.
 */
export function createAz(
  ports: Pick<Ports, 'runner' | 'clock' | 'log'>,
  session: AzureSession,
  signal: AbortSignal,
  random: () => number = Math.random,
): Az {
  const { runner, clock, log } = ports;

  async function runOnce(command: AzCommand): Promise<string> {
    await session.ensure(signal);
    const env = { ...session.env, ...command.env };
    const result = await runner.run({ ...command, env }, signal);
    if (result.code !== 0) throw azError(command, result);
    return result.stdout;
  }

  async function run(command: AzCommand): Promise<string> {
    const startedMs = clock.now();
    let renewed = false;
    const pauseBefore = async (error: unknown, tries: number): Promise<number | undefined> => {
      if (!(error instanceof ActionError)) return undefined;
      // A tenant may issue tokens with a shorter lifetime; such a request never reached Azure.
      if (error.code === 'azure-assertion-expired' && !renewed && (await session.renew(signal))) {
        renewed = true;
        log.info('The login to Azure had expired and was renewed.');
        return 0;
      }
      const elapsedMs = clock.now() - startedMs;
      const pauseMs = pauseBeforeRetry({ error, effect: command.effect, tries, elapsedMs, chance: random() });
      if (pauseMs === undefined) return undefined;
      log.info(`${error.message} (${error.code}); retrying in ${Math.round(pauseMs / 1000)} s`);
      return pauseMs;
    };
    return retry(clock, signal, () => runOnce(command), pauseBefore);
  }

  async function read<T>(command: AzCommand, parse: (json: unknown) => T): Promise<T> {
    const stdout = await run(command);
    try {
      return parse(JSON.parse(stdout));
    } catch (cause) {
      const message = `Could not ${command.why}: the output of az has an unexpected format.`;
      throw new ActionError('command-failed', message, { evidence: stdout.slice(0, 2000), cause });
    }
  }

  async function find<T>(command: AzCommand, parse: (json: unknown) => T): Promise<T | undefined> {
    try {
      return await read(command, parse);
    } catch (error) {
      if (hasCode(error, 'azure-not-found')) return undefined;
      throw error;
    }
  }

  const withSignal = (other: AbortSignal): Az => createAz(ports, session, other, random);
  return { clock, log, session, signal, run, read, find, withSignal };
}
