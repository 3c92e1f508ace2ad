import { join } from 'node:path';
import { ActionError, toActionError } from '../errors/action-error.js';
import type { Clock, Ports } from '../runtime/ports.js';
import { logIn } from './commands.js';
import { azError } from './errors.js';
import type { AzureLogin } from './spec.js';

/** A login that az processes share. */
export interface AzureSession {
  /** Added to the environment of every az and kubelogin process. */
  readonly env: Readonly<Record<string, string>>;
  /** The private folder that holds the login; undefined: the login of an earlier step is used. Remove it at the end. */
  readonly configFolder?: string;
  /** Logs in, or renews a login that has less than 10 minutes left. Cheap when nothing is to be done. */
  ensure(signal: AbortSignal): Promise<void>;
  /** Renews a login that is not fresh, before long work that must not be left without one. */
  renewIfOld(signal: AbortSignal): Promise<void>;
  /** Renews a login that Azure no longer accepts, whatever its age. False where it is not ours to renew. */
  renew(signal: AbortSignal): Promise<boolean>;
}

type LoginPorts = Pick<Ports, 'runner' | 'clock' | 'files' | 'identity' | 'log'>;

/** The audience that Microsoft Entra expects in an assertion of GitHub Actions (Azure/login, README). */
const audience = 'api://AzureADTokenExchange';
/** An access token for a service principal lives 60 to 75 minutes; az cannot renew it, since the assertion is gone by then. */
const tokenLifeMs = 60 * 60_000;
const renewBeforeMs = 10 * 60_000;
/** GitHub's assertion is valid for 5 minutes: a login of that age gains nothing from a new one. */
const freshMs = 5 * 60_000;
/** kubelogin asks az anew at each renewal of a Kubernetes token; it must find a login that lasts. */
const keepIntervalMs = 40 * 60_000;
const loginTries = 3;

/** No colours or surveys in what we read, and no installing of extensions in mid-run. */
const plainOutput = {
  AZURE_CORE_NO_COLOR: '1',
  AZURE_CORE_SURVEY_MESSAGE: 'false',
  AZURE_EXTENSION_USE_DYNAMIC_INSTALL: 'no',
};

/** The login of an earlier step, such as azure/login; it cannot be renewed from here. */
export function existingLogin(): AzureSession {
  const nothing = (): Promise<void> => Promise.resolve();
  return { env: plainOutput, ensure: nothing, renewIfOld: nothing, renew: () => Promise.resolve(false) };
}

/**
 * A login of our own by GitHub's OpenID Connect, kept apart from the runner's in `configFolder`, so that jobs on one
 * machine do not meet in `~/.azure`, and renewed by age.
 */
export function ownLogin(ports: LoginPorts, login: AzureLogin, configFolder: string): AzureSession {
  const env = { ...plainOutput, AZURE_CONFIG_DIR: configFolder };
  let loggedInMs: number | undefined;
  let pending: Promise<void> | undefined;

  const renewAfter = async (ageMs: number, signal: AbortSignal): Promise<void> => {
    if (loggedInMs !== undefined && ports.clock.now() - loggedInMs <= ageMs) return;
    await renewOnce(signal);
  };
  const renewOnce = (signal: AbortSignal): Promise<void> =>
    (pending ??= logInAnew(signal).finally(() => {
      pending = undefined;
    }));
  const logInAnew = async (signal: AbortSignal): Promise<void> => {
    await ports.files.makeFolder(configFolder, 0o700);
    const startedMs = ports.clock.now();
    await exchange(ports, login, env, signal);
    loggedInMs = startedMs;
  };

  return {
    env,
    configFolder,
    ensure: signal => renewAfter(tokenLifeMs - renewBeforeMs, signal),
    renewIfOld: signal => renewAfter(freshMs, signal),
    renew: async signal => {
      await renewOnce(signal);
      return true;
    },
  };
}

/** The session for a request: its own login where client and tenant are given, else the login of an earlier step. */
export function openSession(ports: LoginPorts & Pick<Ports, 'run'>, login: AzureLogin | undefined): AzureSession {
  return login ? ownLogin(ports, login, join(ports.run.tempFolder, 'migratorydata-aks-login')) : existingLogin();
}

/** Keeps a login alive while kubectl uses it through kubelogin. Ends when the signal aborts. */
export async function keepLoggedIn(session: AzureSession, clock: Clock, signal: AbortSignal): Promise<never> {
  for (;;) {
    await clock.sleep(keepIntervalMs, signal);
    await session.renewIfOld(signal);
  }
}

/** Trades a fresh assertion for a login; each try takes a new one. */
async function exchange(
  ports: LoginPorts,
  login: AzureLogin,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const assertion = await requestAssertion(ports);
    const command = logIn(login.clientId, login.tenantId, assertion);
    const result = await ports.runner.run({ ...command, env }, signal);
    if (result.code === 0) return;
    const error = azError(command, result);
    if (error.code === 'azure-federation-mismatch') throw mismatch(login, assertion, error);
    const passing = error.code === 'azure-unavailable' || error.code === 'azure-assertion-expired';
    if (!passing || tries >= loginTries) throw error;
    await ports.clock.sleep(5_000 * tries, signal);
  }
}

async function requestAssertion({ identity, log }: LoginPorts): Promise<string> {
  if (!identity.available) {
    throw new ActionError(
      'azure-oidc-unavailable',
      'client-id and tenant-id ask for a login by OpenID Connect, but this job may not request a token from GitHub.',
    );
  }
  try {
    const assertion = await identity.token(audience);
    log.mask(assertion);
    return assertion;
  } catch (cause) {
    const { message } = toActionError(cause);
    throw new ActionError('azure-oidc-unavailable', `GitHub gave no OpenID Connect token: ${message}`, { cause });
  }
}

/** Says what was presented: a federated credential matches the subject exactly, so the reader must see it. */
function mismatch(login: AzureLogin, assertion: string, error: ActionError): ActionError {
  const { subject, issuer } = readClaims(assertion);
  return new ActionError(
    'azure-federation-mismatch',
    `Microsoft Entra has no federated credential of application ${login.clientId} (tenant ${login.tenantId}) for subject "${subject}" of issuer "${issuer}".`,
    { evidence: error.evidence, cause: error },
  );
}

/** The claims that Entra compares; they are no secret, the signature is. */
export function readClaims(assertion: string): { readonly subject: string; readonly issuer: string } {
  try {
    const payload = Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString('utf8');
    const claims = JSON.parse(payload) as { readonly sub?: unknown; readonly iss?: unknown };
    return { subject: String(claims.sub), issuer: String(claims.iss) };
  } catch {
    return { subject: '(unreadable)', issuer: '(unreadable)' };
  }
}
