import { ActionError } from '../../src/errors/action-error.js';
import { asRecord, text } from '../../src/runtime/json.js';
import type {
  Clock,
  Command,
  CommandResult,
  Https,
  HttpsRequest,
  HttpsResponse,
  Runner,
} from '../../src/runtime/ports.js';
import { isObject, type Json, objectAt } from '../lab/azure/messages.js';
import type { AzureStandIn } from '../lab/azure/stand-in.js';

const endpoint = 'https://management.azure.com';
const apiVersion = '2025-07-01';
/** How often az polls an operation when Azure requests no pause. */
const pollMs = 30_000;

interface PlainAz extends Runner {
  /** Requests the token that all commands use; the clock of the caller says when it expires. */
  logIn(): Promise<void>;
}

/**
 * Runs the few az commands of the action in process: the token, the cloud and the login, and each write as the one
 * request of az, without the retries of az. The real az is in the lab.
 */
export function createPlainAz(azure: AzureStandIn, https: Https, clock: Clock): PlainAz {
  const signal = new AbortController().signal;
  let token = '';

  const send = async (
    method: HttpsRequest['method'],
    url: string,
    { headers = {}, body }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown } = {},
  ): Promise<HttpsResponse> => {
    const authorization = `Bearer ${token}`;
    const content = body === undefined ? {} : { 'content-type': 'application/json' };
    const request = { method, url, headers: { authorization, ...content, ...headers }, timeoutMs: 60_000 };
    const response = await https.send(
      { ...request, ...(body !== undefined && { body: JSON.stringify(body) }) },
      signal,
    );
    if (response.status >= 400) throw new Refusal(response);
    return response;
  };
  const clusterUrl = (flags: Flags, name: string): string =>
    `${endpoint}/subscriptions/${one(flags, '--subscription') || azure.subscriptionId}/resourceGroups/${one(flags, '--resource-group')}/providers/Microsoft.ContainerService/managedClusters/${name}`;
  const withVersion = (url: string): string => `${url}?api-version=${apiVersion}`;
  const condition = (flags: Flags): Readonly<Record<string, string>> => ({
    ...(flags.has('--if-match') && { 'if-match': one(flags, '--if-match') }),
    ...(flags.has('--if-none-match') && { 'if-none-match': one(flags, '--if-none-match') }),
  });

  /** Waits as az does without --no-wait, at most as long as the process may run. */
  const waitForEnd = async ({ headers }: HttpsResponse, command: Command): Promise<void> => {
    const url = headers['azure-asyncoperation'];
    const deadlineMs = clock.now() + (command.timeoutMs ?? Infinity);
    while (url !== undefined) {
      const state = asRecord(JSON.parse((await send('GET', url)).text));
      if (state['status'] === 'Succeeded') return;
      if (state['status'] === 'Failed' || state['status'] === 'Canceled')
        throw new Refusal({ status: 200, text: JSON.stringify(state) });
      if (clock.now() >= deadlineMs)
        throw new ActionError('command-timeout', `Could not ${command.why}: az has not ended.`);
      await clock.sleep(pollMs, signal);
    }
  };

  const createCluster = async (flags: Flags): Promise<void> => {
    const tags = pairs(flags, '--tags');
    const pool = {
      ...{ name: one(flags, '--nodepool-name'), count: Number(one(flags, '--node-count')) },
      ...{ vmSize: one(flags, '--node-vm-size'), mode: 'System', type: 'VirtualMachineScaleSets' },
      ...{ enableAutoScaling: true, minCount: Number(one(flags, '--min-count')) },
      ...{ maxCount: Number(one(flags, '--max-count')), tags: pairs(flags, '--nodepool-tags') },
    };
    const properties = { dnsPrefix: one(flags, '--name'), agentPoolProfiles: [pool] };
    const body = { location: one(flags, '--location'), tags, properties };
    await send('PUT', withVersion(clusterUrl(flags, one(flags, '--name'))), { headers: condition(flags), body });
  };
  const updatePool = async (flags: Flags, command: Command): Promise<void> => {
    const cluster = clusterUrl(flags, one(flags, '--cluster-name'));
    const url = withVersion(`${cluster}/agentPools/${one(flags, '--nodepool-name')}`);
    const pool = asRecord(JSON.parse((await send('GET', url)).text));
    const bounds = { minCount: Number(one(flags, '--min-count')), maxCount: Number(one(flags, '--max-count')) };
    const properties = { ...asRecord(pool['properties']), ...bounds, tags: pairs(flags, '--tags') };
    await waitForEnd(await send('PUT', url, { headers: condition(flags), body: { properties } }), command);
  };
  const updateCluster = async (flags: Flags, command: Command): Promise<void> => {
    const url = withVersion(clusterUrl(flags, one(flags, '--name')));
    const found: unknown = JSON.parse((await send('GET', url)).text);
    const json: Json = isObject(found) ? found : {};
    const authorizedIPRanges = one(flags, '--api-server-authorized-ip-ranges').split(',');
    const properties = { ...objectAt(json, 'properties'), apiServerAccessProfile: { authorizedIPRanges } };
    const body = { location: json['location'], tags: pairs(flags, '--tags'), sku: json['sku'], properties };
    const accepted = await send('PUT', url, { headers: condition(flags), body });
    if (!flags.has('--no-wait')) await waitForEnd(accepted, command);
  };

  const perform = async (command: Command): Promise<string> => {
    const words = command.argv.slice(
      0,
      command.argv.findIndex(word => word.startsWith('-')),
    );
    const flags = readFlags(command.argv);
    switch (words.join(' ')) {
      case 'login':
        return '[]';
      case 'account get-access-token': {
        const expires = Math.floor(clock.date().getTime() / 1000) + 3600;
        const { subscriptionId, tenantId } = azure;
        return JSON.stringify({
          accessToken: token,
          expires_on: expires,
          subscription: subscriptionId,
          tenant: tenantId,
        });
      }
      case 'cloud show':
        return JSON.stringify({ endpoints: { resourceManager: `${endpoint}/` } });
      case 'aks create':
        await createCluster(flags);
        return '';
      case 'aks nodepool update':
        await updatePool(flags, command);
        return '{}';
      case 'aks update':
        await updateCluster(flags, command);
        return '{}';
      default:
        throw new Error(`the matrix has no az command: ${words.join(' ')}`);
    }
  };

  return {
    async logIn() {
      const form = new URLSearchParams({
        ...{ client_id: azure.clientId, client_secret: azure.clientSecret, grant_type: 'client_credentials' },
        scope: 'https://management.core.windows.net//.default',
      });
      const url = `https://login.microsoftonline.com/${azure.tenantId}/oauth2/v2.0/token`;
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const issued = await https.send(
        { method: 'POST', url, headers, body: form.toString(), timeoutMs: 60_000 },
        signal,
      );
      token = text(asRecord(JSON.parse(issued.text))['access_token']);
    },
    async run(command) {
      try {
        return { code: 0, stdout: await perform(command), stderr: '', ms: 1 };
      } catch (error) {
        if (error instanceof Refusal) return error.result();
        if (asRecord(error)['code'] !== 'ECONNRESET') throw error;
        return {
          code: 1,
          stdout: '',
          stderr: "ERROR: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
          ms: 1,
        };
      }
    },
    start() {
      throw new Error('the matrix starts no process');
    },
  };
}

/** A response that az turns into an exit code and a line on stderr. */
class Refusal extends Error {
  readonly status: number;

  constructor({ status, text: body }: Pick<HttpsResponse, 'status' | 'text'>) {
    const json = asRecord(JSON.parse(body));
    const inner = isObject(json['error']) ? json['error'] : json;
    super(`(${text(inner['code'])}) ${text(inner['message'])}`);
    this.status = status;
  }

  result(): CommandResult {
    return { code: this.status === 404 ? 3 : 1, stdout: '', stderr: `ERROR: ${this.message}`, ms: 1 };
  }
}

type Flags = ReadonlyMap<string, readonly string[]>;

function readFlags(argv: readonly string[]): Flags {
  const flags = new Map<string, string[]>();
  let values: string[] = [];
  for (const word of argv) {
    if (word.startsWith('-')) flags.set(word, (values = []));
    else values.push(word);
  }
  return flags;
}

function one(flags: Flags, name: string): string {
  return flags.get(name)?.[0] ?? '';
}

function pairs(flags: Flags, name: string): Readonly<Record<string, string>> {
  const words = (flags.get(name) ?? []).filter(word => word !== '');
  return Object.fromEntries(words.map(word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
}
