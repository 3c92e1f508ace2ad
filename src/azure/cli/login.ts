import { join } from 'node:path';
import { ActionError, hasCode, toActionError } from '../../errors/action-error.js';
import type { Clock, Ports } from '../../runtime/ports.js';
import { shareWork } from '../../runtime/shared-work.js';
import { retry } from '../../runtime/time.js';
import { azError } from '../errors/errors.js';
import type { AzureLogin } from '../spec.js';
import { getResourceToken, logIn } from './az-commands.js';

/** A login that all az processes share. */
export interface AzureSession {
  /**
   * Added to the environment of every az and kubelogin process. It stays the same when the login is renewed, because
   * processes that already run, such as kubectl, keep it.
   */
  readonly env: Readonly<Record<string, string>>;
  /** The private folder of all logins, which the caller removes at the end; undefined for the login of an earlier step. */
  readonly folder?: string;
  /** Logs in, or renews a login that expires in less than 10 minutes. Returns immediately otherwise. */
  ensure(signal: AbortSignal): Promise<void>;
  /** Renews a login that is older than 5 minutes, before a long operation that must not lose its login. */
  renewIfOld(signal: AbortSignal): Promise<void>;
  /**
   * Renews a login that Azure no longer accepts, regardless of its age. Returns false for the login of an earlier step,
   * and if there was no login yet: what refuses the first one refuses the second one too.
   */
  renew(signal: AbortSignal): Promise<boolean>;
  /** From now on, each login also gets a token for a resource that other programs request from az, as kubelogin does. */
  alsoFor(resource: string): void;
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
/** kubelogin requests another token when its own expires, after 60 minutes at the earliest; az must have it by then. */
const keepIntervalMs = 40 * 60_000;
/** The pause after a renewal that failed. */
const keepRetryMs = 5 * 60_000;
const loginTries = 3;
/** The pause after the first try; it grows with each one. */
const loginPauseMs = 5_000;

/** Returns a session with the login of an earlier step, such as azure/login; only az itself can renew it. */
export function existingLogin(): AzureSession {
  const doNothing = (): Promise<void> => Promise.resolve();
  const renew = (): Promise<boolean> => Promise.resolve(false);
  return { env: {}, ensure: doNothing, renewIfOld: doNothing, renew, alsoFor: () => undefined };
}

/**
 * Returns a session with its own login through GitHub's OpenID Connect. The login is stored in `folder`, so that jobs on
 * the same machine do not share `~/.azure`, and is renewed by age. Each login has a new folder, because az keeps a token
 * until it expires, and only then notices that its assertion has expired long before. All processes use a link to the
 * folder of the last login, which moves when that login has all its tokens.
 */
export function ownLogin(ports: LoginPorts, login: AzureLogin, folder: string): AzureSession {
  const current = join(folder, 'current');
  const environment = (at: string): AzureSession['env'] => ({ AZURE_CONFIG_DIR: at });
  const resources = new Set<string>();
  let loggedInMs: number | undefined;

  const logInOnce = shareWork(async signal => {
    const at = join(folder, crypto.randomUUID());
    await ports.files.makeFolder(at, 0o700);
    const startedMs = ports.clock.now();
    await exchange(ports, login, environment(at), signal);
    for (const resource of resources) await requestToken(ports, resource, environment(at), signal);
    await ports.files.link(current, at);
    loggedInMs = startedMs;
  });
  const renewAfter = async (ageMs: number, signal: AbortSignal): Promise<void> => {
    if (loggedInMs !== undefined && ports.clock.now() - loggedInMs <= ageMs) return;
    await logInOnce(signal);
  };

  return {
    env: environment(current),
    folder,
    ensure: signal => renewAfter(tokenLifeMs - renewBeforeMs, signal),
    renewIfOld: signal => renewAfter(freshMs, signal),
    renew: async signal => {
      if (loggedInMs === undefined) return false;
      await logInOnce(signal);
      return true;
    },
    alsoFor: resource => {
      resources.add(resource);
    },
  };
}

/** Returns a session with its own login if a login is specified, else with the login of an earlier step. */
export function openSession(ports: LoginPorts, login: AzureLogin | undefined): AzureSession {
  return login ? ownLogin(ports, login, join(ports.run.tempFolder, 'migratorydata-aks-login')) : existingLogin();
}

/**
 * Keeps a login valid while kubectl uses it through kubelogin. A renewal that fails is tried again; the next call that
 * needs the login reports why. Ends when the signal aborts, with its reason.
 */
export async function keepLoggedIn(session: AzureSession, clock: Clock, signal: AbortSignal): Promise<never> {
  for (let pauseMs = keepIntervalMs; ;) {
    await clock.sleep(pauseMs, signal);
    try {
      await session.renewIfOld(signal);
      pauseMs = keepIntervalMs;
    } catch {
      pauseMs = keepRetryMs;
    }
  }
}

/** Exchanges an assertion for a login; each try requests a new assertion. */
async function exchange(
  ports: LoginPorts,
  login: AzureLogin,
  env: AzureSession['env'],
  signal: AbortSignal,
): Promise<void> {
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

/** Gets a token while the assertion of a login is valid; az keeps it for the programs that request it later. */
async function requestToken(
  { runner }: LoginPorts,
  resource: string,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const command = getResourceToken(resource);
  const result = await runner.run({ ...command, env }, signal);
  if (result.code !== 0) throw azError(command, result);
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
