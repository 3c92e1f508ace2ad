import { join } from 'node:path';
import { ActionError } from '../../errors/action-error.js';
import { asRecord, number, required, text } from '../../runtime/json.js';
import type { Clock, Files, RunFacts } from '../../runtime/ports.js';
import { shareWork } from '../../runtime/shared-work.js';
import { type AzCommand, getAccessToken, showCloud } from '../cli/az-commands.js';
import type { AzureSession } from '../cli/login.js';

/** What a request to Azure Resource Manager needs. */
export interface ArmAccess {
  /** The URL of Azure Resource Manager in the cloud of the login, without a trailing slash. */
  readonly endpoint: string;
  readonly token: string;
  /** The subscription of the request, or the default one of the login. */
  readonly subscriptionId: string;
}

export interface ArmAccessSource {
  /** Returns a token for a subscription; empty for the default one of the login. */
  get(subscriptionId: string, signal: AbortSignal): Promise<ArmAccess>;
  /** Requests new tokens from now on, because Azure refused one. */
  forget(): void;
  /** Returns when the token of a subscription expires. */
  expiry(subscriptionId: string, signal: AbortSignal): Promise<Date>;
}

interface Token {
  readonly value: string;
  readonly tenant: string;
  readonly subscriptionId: string;
  readonly expiresAt: Date;
  /** When another token is requested, in milliseconds of the monotonic clock. */
  readonly renewMs: number;
}

export interface AccessPorts {
  readonly clock: Clock;
  readonly files: Files;
  /** Hides the token in all output. */
  readonly hide: (secret: string) => void;
  readonly run: Pick<RunFacts, 'tempFolder'>;
}

/**
 * az itself requests a new token when less than 5 minutes are left, and fails if it gets none (Microsoft Authentication
 * Library for Python).
 */
export const renewBeforeMs = 5 * 60_000;
/** A token is used for at least this time: a clock that is wrong must not start an az process for each request. */
const shortestUseMs = 60_000;

/**
 * Returns the tokens and the endpoint of a login, which only az knows. `read` runs an az command and parses its output.
 * A token is requested once and kept in memory; it is hidden in all output and never written. The endpoint is kept in a file
 * for the later steps of the job.
 */
export function createAccess(
  ports: AccessPorts,
  session: AzureSession,
  read: <T>(command: AzCommand, parse: (json: unknown) => T, signal: AbortSignal) => Promise<T>,
): ArmAccessSource {
  const { clock, hide } = ports;
  let tokens = new Map<string, Token>();
  let requests = new Map<string, (signal: AbortSignal) => Promise<Token>>();
  let cloud: Cloud | undefined;

  const request = async (subscriptionId: string, signal: AbortSignal): Promise<Token> => {
    const known = tokens;
    const parsed = await read(getAccessToken(subscriptionId), parseToken, signal);
    hide(parsed.value);
    const leftMs = parsed.expiresAt.getTime() - clock.date().getTime();
    const renewMs = clock.now() + Math.max(shortestUseMs, leftMs - renewBeforeMs);
    const token = { ...parsed, renewMs };
    known.set(subscriptionId, token);
    // The token of the default subscription serves requests that name it.
    known.set(token.subscriptionId, token);
    return token;
  };
  const tokenFor = (subscriptionId: string, signal: AbortSignal): Promise<Token> => {
    const token = tokens.get(subscriptionId);
    if (token !== undefined && clock.now() < token.renewMs) return Promise.resolve(token);
    // Requests that start together share one process.
    const shared = requests.get(subscriptionId) ?? shareWork(ownSignal => request(subscriptionId, ownSignal));
    requests.set(subscriptionId, shared);
    return shared(signal);
  };

  const askEndpoint = shareWork(signal => read(showCloud(), parseEndpoint, signal));
  const cloudOf = async (token: Promise<Token>, signal: AbortSignal): Promise<Cloud> => {
    cloud ??= await findCloud(ports, token, () => askEndpoint(signal));
    return cloud;
  };

  return {
    async get(subscriptionId, signal) {
      await session.ensure(signal);
      const requested = tokenFor(subscriptionId, signal);
      const found = cloudOf(requested, signal);
      // No process runs on after the error of the other.
      await Promise.allSettled([requested, found]);
      const [token, { endpoint }] = [await requested, await found];
      return { endpoint, token: token.value, subscriptionId: subscriptionId || token.subscriptionId };
    },
    forget() {
      // What a process returns that has started before is not used either.
      tokens = new Map();
      requests = new Map();
    },
    async expiry(subscriptionId, signal) {
      await session.ensure(signal);
      return (await tokenFor(subscriptionId, signal)).expiresAt;
    },
  };
}

/** Parses the output of `az account get-access-token`. @throws TypeError for other values. */
function parseToken(json: unknown): Omit<Token, 'renewMs'> {
  const fields = asRecord(json);
  const seconds = number(fields['expires_on']);
  if (!(seconds > 0)) throw new TypeError('the field expires_on is missing');
  const [value, tenant] = [required(fields, 'accessToken'), required(fields, 'tenant')];
  return { value, tenant, subscriptionId: text(fields['subscription']), expiresAt: new Date(seconds * 1000) };
}

/** Parses the output of `az cloud show`. @throws TypeError for anything but an https URL: the token is sent there. */
function parseEndpoint(json: unknown): string {
  return checkedEndpoint(required(asRecord(asRecord(json)['endpoints']), 'resourceManager'));
}

function checkedEndpoint(address: string): string {
  const url = new URL(address);
  if (url.protocol !== 'https:') throw new TypeError('the endpoint of Azure Resource Manager is not an https URL');
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** The cloud of a tenant: a tenant exists in one cloud only. */
interface Cloud {
  readonly tenant: string;
  readonly endpoint: string;
}

/** Returns the cloud of a token from the file of an earlier step of the job, else from az beside the token. */
async function findCloud(ports: AccessPorts, token: Promise<Token>, ask: () => Promise<string>): Promise<Cloud> {
  const path = join(ports.run.tempFolder, 'migratorydata-aks-cloud.json');
  const remembered = await readCloud(ports.files, path);
  const asked = remembered === undefined ? ask() : undefined;
  await Promise.allSettled([token, asked]);
  const { tenant } = await token;
  if (remembered?.tenant === tenant) return remembered;
  const found = { tenant, endpoint: await (asked ?? ask()) };
  // The file only saves the later steps some time.
  await ports.files.writeText(path, JSON.stringify(found), 0o600).catch(() => undefined);
  return found;
}

async function readCloud(files: Pick<Files, 'readText'>, path: string): Promise<Cloud | undefined> {
  try {
    const fields = asRecord(JSON.parse(await files.readText(path)));
    return { tenant: required(fields, 'tenant'), endpoint: checkedEndpoint(required(fields, 'endpoint')) };
  } catch {
    return undefined;
  }
}

/** Returns a link if it is at the endpoint: the token must not be sent elsewhere. @throws ActionError `azure-failed`. */
export function checkedLink(link: string, endpoint: string, why: string): string {
  if (URL.canParse(link) && new URL(link).origin === new URL(endpoint).origin) return link;
  const shown = JSON.stringify(link.slice(0, 100));
  const message = `Could not ${why}: Azure refers to ${shown}, which is not below ${endpoint}, so it was not requested.`;
  throw new ActionError('azure-failed', message);
}
