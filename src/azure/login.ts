import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ActionError, hasCode, toActionError } from '../errors/action-error.js';
import type { Clock, Ports } from '../runtime/ports.js';
import { shareWork } from '../runtime/shared-work.js';
import { retry } from '../runtime/time.js';
import { logIn } from './az-commands.js';
import { azError } from './errors.js';
import type { AzureLogin } from './spec.js';

type Environment = Readonly<Record<string, string>>;

/** A login that all az processes share. */
export interface AzureSession {
  /** Returns what is added to the environment of every az and kubelogin process. */
  env(): Environment;
  /**
   * Returns the private folder with the login, which the caller removes at the end; undefined if the login of an earlier
   * step is used.
   */
  configFolder(): string | undefined;
  /** Logs in, or renews a login that expires in less than 10 minutes. Returns immediately otherwise. */
  ensure(signal: AbortSignal): Promise<void>;
  /** Renews a login that is older than 5 minutes, before a long operation that must not lose its login. */
  renewIfOld(signal: AbortSignal): Promise<void>;
  /**
   * Renews a login that Azure no longer accepts, regardless of its age. Returns false for the login of an earlier step.
   */
  renew(signal: AbortSignal): Promise<boolean>;
  /**
   * Logs in with a new folder: az keeps a token until it expires, but a claims challenge requires another one. Returns
   * false for the login of an earlier step.
   */
  logInAgain(signal: AbortSignal): Promise<boolean>;
}

type LoginPorts = Pick<Ports, 'runner' | 'clock' | 'files' | 'identity' | 'log' | 'run'>;

/**
 * The audiences that Microsoft Entra requires in an assertion, by the name that az gives a cloud (Azure/login, README;
 * "Create a trust relationship" in the Microsoft Entra documentation).
 */
const audiences: Readonly<Record<string, string>> = {
  AzureUSGovernment: 'api://AzureADTokenExchangeUSGov',
  AzureChinaCloud: 'api://AzureADTokenExchangeChina',
};
const publicAudience = 'api://AzureADTokenExchange';
/**
 * An access token of a service principal is valid for 60 to 75 minutes; az cannot renew it, because the assertion has
 * expired by then.
 */
const tokenLifeMs = 60 * 60_000;
const renewBeforeMs = 10 * 60_000;
/** The assertion of GitHub is valid for 5 minutes: a login of that age does not need a new one. */
const freshMs = 5 * 60_000;
/** kubelogin calls az at each renewal of a Kubernetes token, and needs a valid login then. */
const keepIntervalMs = 40 * 60_000;
const loginTries = 3;
/** The pause after the first try; it grows with each one. */
const loginPauseMs = 5_000;

/** No colors or surveys in the output, and no installation of extensions during a run. */
const plainOutput = {
  AZURE_CORE_NO_COLOR: '1',
  AZURE_CORE_SURVEY_MESSAGE: 'false',
  AZURE_EXTENSION_USE_DYNAMIC_INSTALL: 'no',
};

/** Returns a session with the login of an earlier step, such as azure/login; only az itself can renew it. */
export function existingLogin(): AzureSession {
  const doNothing = (): Promise<void> => Promise.resolve();
  const cannot = (): Promise<boolean> => Promise.resolve(false);
  return {
    env: () => plainOutput,
    configFolder: () => undefined,
    ensure: doNothing,
    renewIfOld: doNothing,
    renew: cannot,
    logInAgain: cannot,
  };
}

/**
 * Returns a session with its own login through GitHub's OpenID Connect. The login is stored in `configFolder`, so that
 * jobs on the same machine do not share `~/.azure`, and is renewed by age.
 */
export function ownLogin(ports: LoginPorts, login: AzureLogin, configFolder: string): AzureSession {
  // A new folder is inside the first one, so that the caller removes it too.
  let folder = configFolder;
  const environment = (at: string): Environment => ({ ...plainOutput, AZURE_CONFIG_DIR: at });
  let loggedInMs: number | undefined;

  const renewAfter = async (ageMs: number, signal: AbortSignal): Promise<void> => {
    if (loggedInMs !== undefined && ports.clock.now() - loggedInMs <= ageMs) return;
    await renewOnce(signal);
  };
  const logInWith = async (at: string, signal: AbortSignal): Promise<void> => {
    await ports.files.makeFolder(at, 0o700);
    const startedMs = ports.clock.now();
    await exchange(ports, login, environment(at), signal);
    loggedInMs = startedMs;
  };
  const renewOnce = shareWork(signal => logInWith(folder, signal));
  // Other az processes use the former folder until the new one has a login.
  const logInAgainOnce = shareWork(async signal => {
    const at = join(configFolder, randomUUID());
    await logInWith(at, signal);
    folder = at;
  });

  return {
    env: () => environment(folder),
    configFolder: () => folder,
    ensure: signal => renewAfter(tokenLifeMs - renewBeforeMs, signal),
    renewIfOld: signal => renewAfter(freshMs, signal),
    renew: async signal => {
      await renewOnce(signal);
      return true;
    },
    logInAgain: async signal => {
      // What refuses the first login refuses the second one too.
      if (loggedInMs === undefined) return false;
      await logInAgainOnce(signal);
      return true;
    },
  };
}

/** Returns a session with its own login if a login is specified, else with the login of an earlier step. */
export function openSession(ports: LoginPorts, login: AzureLogin | undefined): AzureSession {
  return login ? ownLogin(ports, login, join(ports.run.tempFolder, 'migratorydata-aks-login')) : existingLogin();
}

/** Keeps a login valid while kubectl uses it through kubelogin. Ends when the signal aborts. */
export async function keepLoggedIn(session: AzureSession, clock: Clock, signal: AbortSignal): Promise<never> {
  for (;;) {
    await clock.sleep(keepIntervalMs, signal);
    await session.renewIfOld(signal);
  }
}

/** Exchanges an assertion for a login; each try requests a new assertion. */
async function exchange(ports: LoginPorts, login: AzureLogin, env: Environment, signal: AbortSignal): Promise<void> {
  const tryOnce = async (): Promise<void> => {
    const assertion = await requestAssertion(ports);
    const command = logIn(login.clientId, login.tenantId, assertion);
    const result = await ports.runner.run({ ...command, env }, signal);
    if (result.code === 0) return;
    const error = azError(command, result);
    throw error.code === 'azure-federation-mismatch' ? mismatch(login, assertion, error) : error;
  };
  const isTransient = (error: unknown): boolean => hasCode(error, 'azure-unavailable', 'azure-assertion-expired');
  await retry(ports.clock, signal, tryOnce, (error, tries) =>
    isTransient(error) && tries < loginTries ? loginPauseMs * tries : undefined,
  );
}

async function requestAssertion({ identity, log, run }: LoginPorts): Promise<string> {
  if (!identity.available) {
    throw new ActionError(
      'azure-oidc-unavailable',
      'client-id and tenant-id require a login with OpenID Connect, but this job may not request a token from GitHub.',
    );
  }
  try {
    const assertion = await identity.token(audiences[run.azureCloud] ?? publicAudience);
    log.mask(assertion);
    return assertion;
  } catch (cause) {
    const { message } = toActionError(cause);
    throw new ActionError('azure-oidc-unavailable', `GitHub issued no OpenID Connect token: ${message}`, { cause });
  }
}

/** Returns an error with the presented subject, because a federated credential must match the subject exactly. */
function mismatch(login: AzureLogin, assertion: string, error: ActionError): ActionError {
  const { subject, issuer } = readClaims(assertion);
  return new ActionError(
    'azure-federation-mismatch',
    `Microsoft Entra has no federated credential of application ${login.clientId} (tenant ${login.tenantId}) for subject "${subject}" of issuer "${issuer}".`,
    { evidence: error.evidence, cause: error },
  );
}

/** Returns the claims that Entra compares; unlike the signature, they are not secret. */
export function readClaims(assertion: string): { readonly subject: string; readonly issuer: string } {
  try {
    const payload = Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString('utf8');
    const claims = JSON.parse(payload) as { readonly sub?: unknown; readonly iss?: unknown };
    return { subject: String(claims.sub), issuer: String(claims.iss) };
  } catch {
    return { subject: '(unreadable)', issuer: '(unreadable)' };
  }
}
