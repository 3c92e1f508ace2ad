import type { Command } from './ports.js';
import { treeMark } from './process-tree.js';

/**
 * The variables that a child process gets from the environment of the runner. All others stay away: secrets of the step,
 * and settings of a user that would change what a command does or prints, such as AZURE_DEFAULTS_GROUP.
 */
const passedOn: readonly RegExp[] = [
  // Where programs, their files and the user are.
  /^(?:PATH|HOME|USER|LOGNAME|TMPDIR|XDG_(?:CACHE|CONFIG|DATA|RUNTIME|STATE)_(?:HOME|DIR))$/,
  // The way to the network: proxies, as curl, Go and Python read them, and certificates of Go, OpenSSL, az and Node.
  /^(?:HTTPS?|ALL|NO)_PROXY$/i,
  /^(?:SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS)$/,
  // az: where its login and its extensions are, and to which cloud it belongs.
  /^(?:AZURE_CONFIG_DIR|AZURE_EXTENSION_DIR|AZURE_CLOUD_NAME|ARM_CLOUD_METADATA_URL)$/,
  // Managed identities, as the Microsoft Authentication Library finds them.
  /^(?:IDENTITY_(?:ENDPOINT|HEADER|SERVER_THUMBPRINT)|(?:MSI|IMDS)_ENDPOINT|MSI_SECRET|AZURE_POD_IDENTITY_AUTHORITY_HOST)$/,
  // kubelogin: pkg/internal/env/variables.go in Azure/kubelogin, and the token of GitHub for its workload identity.
  /^AAD_(?:LOGIN_METHOD|(?:SERVICE|USER)_PRINCIPAL_[A-Z_]+)$/,
  /^AZURE_(?:(?:CLIENT|TENANT)_ID|CLIENT_SECRET|CLIENT_CERTIFICATE_(?:PATH|PASSWORD)|USERNAME|PASSWORD|AUTHORITY_HOST)$/,
  /^(?:AZURE_FEDERATED_TOKEN_FILE|AZURE_CLI_TIMEOUT|ACTIONS_ID_TOKEN_REQUEST_(?:TOKEN|URL))$/,
  // Credential plugins of other clouds; "Configuration and credential file settings" of AWS, gke-gcloud-auth-plugin.
  /^(?:AWS_[A-Z0-9_]+|CLOUDSDK_[A-Z0-9_]+|GOOGLE_[A-Z0-9_]+|GCE_METADATA_HOST|USE_(?:GKE_GCLOUD_AUTH_PLUGIN|APPLICATION_DEFAULT_CREDENTIALS))$/,
  /^(?:DIGITALOCEAN_ACCESS_TOKEN|OCI_CLI_[A-Z0-9_]+)$/,
  // By this one, the runner finds and ends what a killed job has left (actions/runner, JobExtension.cs).
  /^RUNNER_TRACKING_ID$/,
];

/** The same on every runner. */
const fixed = {
  // The language and the encoding of messages.
  LANG: 'C.UTF-8',
  // No defaults of a user for the flags of kubectl ("Kubectl user preferences (kuberc)" in the Kubernetes documentation).
  KUBERC: 'off',
  // kubectl and its credential plugins are in Go, and end before they need the memory that they would collect: a fifth less
  // time at their start. "GOGC" in the documentation of the package runtime.
  GOGC: '1000',
  // az: no colors or surveys in the output, no process for telemetry, and no installation of extensions during a run.
  AZURE_CORE_NO_COLOR: '1',
  AZURE_CORE_SURVEY_MESSAGE: 'false',
  AZURE_CORE_COLLECT_TELEMETRY: 'false',
  AZURE_EXTENSION_USE_DYNAMIC_INSTALL: 'no',
};

/**
 * Returns the environment of a child process: the variables of the runner that are passed on, what is the same on every
 * runner, those of the command, and the mark of its process tree.
 */
export function childEnvironment(
  environment: NodeJS.ProcessEnv,
  command: Pick<Command, 'env'>,
  mark: string,
): Record<string, string> {
  const inherited = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && passedOn.some(name => name.test(entry[0])),
  );
  return { ...Object.fromEntries(inherited), ...fixed, ...command.env, [treeMark]: mark };
}
