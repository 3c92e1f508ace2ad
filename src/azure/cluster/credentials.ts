import { dirname } from 'node:path';
import { ActionError, hasCode } from '../../errors/action-error.js';
import { asOptionalList, asRecord, required, text } from '../../runtime/json.js';
import type { Command, Ports } from '../../runtime/ports.js';
import { describeExit } from '../../runtime/program-output.js';
import { reasonOf } from '../../runtime/thrown.js';
import { parseForeignYaml } from '../../runtime/yaml.js';
import type { AzureClient } from '../arm/client.js';
import type { AzureSession } from '../cli/login.js';
import type { ClusterRef } from '../ref.js';
import type { AzureTarget } from '../spec.js';
import { listCredentials } from './cluster-requests.js';

export interface Credentials {
  /** A private file (0600, in a folder with mode 0700); the caller removes it. */
  readonly kubeconfig: string;
  /** Whether kubectl signs in with kubelogin and az, so that the login must be kept valid. */
  readonly needsLogin: boolean;
}

/**
 * The Microsoft Entra application of all API servers of AKS, for which kubelogin requests a token from az ("Use
 * kubelogin to authenticate users in Azure Kubernetes Service").
 */
const apiServerResource = '6dae42f8-4368-4678-94ff-3960e28e3630';

/** How the users of a kubeconfig sign in: with a static certificate or token, or with Microsoft Entra ID. */
export type SignIn = 'static' | 'entra';

/**
 * Returns how the users of a kubeconfig sign in. AKS with Microsoft Entra integration returns users that run kubelogin
 * with a device code, which is impossible on a runner ("Use kubelogin to authenticate users in AKS").
 * @throws ActionError `command-failed` for a text that is not YAML.
 */
export function signInOf(kubeconfig: string): SignIn {
  const users = asOptionalList(asRecord(readKubeconfig(kubeconfig))['users']).map(entry => asRecord(entry['user']));
  const entra = users.some(user => {
    const command = text(asRecord(user['exec'])['command']);
    return command.includes('kubelogin') || text(asRecord(user['auth-provider'])['name']) === 'azure';
  });
  return entra ? 'entra' : 'static';
}

/** The error of the parser would show the line, which may contain a key. */
function readKubeconfig(kubeconfig: string): unknown {
  try {
    return parseForeignYaml(kubeconfig)[0]?.value;
  } catch (error) {
    throw new ActionError(
      'command-failed',
      `The kubeconfig that Azure has returned cannot be read: ${reasonOf(error)}.`,
    );
  }
}

/**
 * Writes the credentials of a cluster to a private file, never to the kubeconfig of the user. Without Entra, the user
 * credentials are those of an administrator. With Entra, they are converted to use the login of az; `credentials:
 * admin` uses the local account instead. Sends one request, and starts kubelogin if needed.
 * @throws ActionError `local-accounts-disabled`, `kubelogin-missing`, and the codes of Azure.
 */
export async function fetchCredentials(
  azure: AzureClient,
  { runner, files }: Pick<Ports, 'runner' | 'files'>,
  ref: ClusterRef,
  mode: AzureTarget['credentials'],
  file: string,
): Promise<Credentials> {
  const kubeconfig = await azure.read(listCredentials(ref, mode === 'admin' ? 'admin' : 'user', file), parseKubeconfig);
  await files.makeFolder(dirname(file), 0o700);
  await files.writeText(file, kubeconfig, 0o600);
  const signIn = signInOf(kubeconfig);
  if (signIn === 'static') return { kubeconfig: file, needsLogin: false };
  if (mode === 'user' || mode === 'admin') throw interactiveError(ref, mode);
  await renewForApiServer(azure.session, azure.signal);
  await convert(azure, runner, ref, file);
  return { kubeconfig: file, needsLogin: true };
}

/**
 * Renews a login that is older than 5 minutes; from now on, each login also gets the token that kubelogin requests from
 * az. A login of an earlier step is not renewed.
 */
export async function renewForApiServer(session: AzureSession, signal: AbortSignal): Promise<void> {
  session.alsoFor(apiServerResource);
  await session.renewIfOld(signal);
}

/** Parses the response with the kubeconfig ("Managed Clusters - List Cluster User Credentials"). */
function parseKubeconfig(json: unknown): string {
  const [first] = asOptionalList(asRecord(json)['kubeconfigs']);
  return Buffer.from(required(asRecord(first), 'value'), 'base64').toString('utf8');
}

function interactiveError({ clusterName }: ClusterRef, mode: string): ActionError {
  const message = `Cluster ${clusterName} uses Microsoft Entra ID, for which credentials ${mode} require an interactive login.`;
  return new ActionError('local-accounts-disabled', message, { hint: 'Set credentials to auto or kubelogin.' });
}

/** Converts a kubeconfig to sign in with the login of az, and stores the location of that login in it. */
async function convert(
  azure: AzureClient,
  runner: Ports['runner'],
  { clusterName }: ClusterRef,
  file: string,
): Promise<void> {
  const folder = azure.session.env['AZURE_CONFIG_DIR'];
  const login = folder === undefined ? [] : ['--azure-config-dir', folder];
  const command: Command = {
    tool: 'kubelogin',
    argv: ['convert-kubeconfig', '--login', 'azurecli', '--kubeconfig', file, ...login],
    why: `configure kubectl to use the az login for cluster ${clusterName}`,
    env: { ...azure.session.env, KUBECONFIG: file },
    timeoutMs: 60_000,
  };
  try {
    const { code, stderr } = await runner.run(command, azure.signal);
    if (code === 0) return;
    throw new ActionError('command-failed', `Could not ${command.why}: kubelogin ${describeExit(code)}.`, {
      evidence: stderr.trim(),
    });
  } catch (error) {
    if (!hasCode(error, 'tool-missing')) throw error;
    const message = `Cluster ${clusterName} uses Microsoft Entra ID, and kubelogin is not on the PATH.`;
    throw new ActionError('kubelogin-missing', message, { cause: error });
  }
}
