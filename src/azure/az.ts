import { ActionError, hasCode } from '../errors/action-error.js';
import type { Clock, Log, Ports } from '../runtime/ports.js';
import type { AzCommand } from './commands.js';
import { azError } from './errors.js';
import type { AzureSession } from './login.js';
import { pauseBeforeRetry } from './retries.js';

/** az with a login, retries and typed answers. All its errors are ActionErrors, or the reason of the abort signal. */
export interface Az {
  readonly clock: Clock;
  readonly log: Log;
  readonly session: AzureSession;
  readonly signal: AbortSignal;
  /** Runs a command to its success; gives its standard output. */
  run(command: AzCommand): Promise<string>;
  /** Runs a command and reads its JSON. @throws ActionError `command-failed` when it is not what `parse` expects. */
  read<T>(command: AzCommand, parse: (json: unknown) => T): Promise<T>;
  /** As `read`; undefined when the resource, or the group it is in, does not exist. */
  find<T>(command: AzCommand, parse: (json: unknown) => T): Promise<T | undefined>;
  /** The same with another signal, for what must go on when the forward work has ended. */
  withSignal(signal: AbortSignal): Az;
}

/**
 * The one way to start az: with a login that lasts, retried where that may help, and its failures as errors of the
 * catalogue. `random` spreads retries; tests fix it.
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
    for (let tries = 1; ; tries += 1) {
      try {
        return await runOnce(command);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ActionError)) throw error;
        // A tenant may give out tokens that live shorter than usual; such a request never reached Azure.
        if (error.code === 'azure-assertion-expired' && !renewed && (await session.renew(signal))) {
          renewed = true;
          log.info('The login to Azure had expired and was renewed.');
          continue;
        }
        const elapsedMs = clock.now() - startedMs;
        const pauseMs = pauseBeforeRetry({ error, effect: command.effect, tries, elapsedMs, chance: random() });
        if (pauseMs === undefined) throw error;
        log.info(`${error.message} (${error.code}); trying again in ${Math.round(pauseMs / 1000)} s`);
        await clock.sleep(pauseMs, signal);
      }
    }
  }

  async function read<T>(command: AzCommand, parse: (json: unknown) => T): Promise<T> {
    const stdout = await run(command);
    try {
      return parse(JSON.parse(stdout));
    } catch (cause) {
      const message = `Could not ${command.why}: az gave an answer that is not understood.`;
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
