import { describe, expect, it } from '@jest/globals';
import { childEnvironment } from '../../../src/runtime/child-environment.js';

const fixed = childEnvironment({}, {}, 'mark');

/** Returns the variables of a runner that a child gets. */
function inherited(environment: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(childEnvironment(environment, {}, 'mark')).filter(name => !(name in fixed));
}

describe('the environment of a child process', () => {
  it('is the same on every runner without variables', () => {
    expect(fixed).toMatchObject({ LANG: 'C.UTF-8', KUBERC: 'off', GOGC: '1000', MIGRATORYDATA_AKS_COMMAND: 'mark' });
  });

  it.each([
    ['the user and the programs', ['PATH', 'HOME', 'USER', 'TMPDIR', 'XDG_CONFIG_HOME', 'XDG_RUNTIME_DIR']],
    ['proxies', ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy', 'ALL_PROXY']],
    ['certificates', ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS']],
    ['the login and the cloud of az', ['AZURE_CONFIG_DIR', 'AZURE_EXTENSION_DIR', 'AZURE_CLOUD_NAME']],
    ['managed identities', ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'MSI_ENDPOINT', 'MSI_SECRET', 'IMDS_ENDPOINT']],
    ['kubelogin', ['AAD_LOGIN_METHOD', 'AAD_SERVICE_PRINCIPAL_CLIENT_SECRET', 'AAD_USER_PRINCIPAL_NAME']],
    [
      'its names of Azure',
      ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PATH'],
    ],
    ['federated tokens', ['AZURE_FEDERATED_TOKEN_FILE', 'AZURE_AUTHORITY_HOST', 'ACTIONS_ID_TOKEN_REQUEST_URL']],
    ['plugins of AWS', ['AWS_PROFILE', 'AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CA_BUNDLE']],
    ['the mark of its job', ['RUNNER_TRACKING_ID']],
    ['plugins of Google', ['GOOGLE_APPLICATION_CREDENTIALS', 'CLOUDSDK_CONFIG', 'USE_GKE_GCLOUD_AUTH_PLUGIN']],
  ])('has %s', (_, names) => {
    expect(inherited(Object.fromEntries(names.map(name => [name, 'x'])))).toEqual(names);
  });

  it.each([
    ['inputs and state', { 'INPUT_LICENSE-KEY': 'x', STATE_undo: 'x' }],
    ['secrets of a job', { GITHUB_TOKEN: 'x', ACTIONS_RUNTIME_TOKEN: 'x', DEPLOY_KEY: 'x' }],
    ['settings of az', { AZURE_DEFAULTS_GROUP: 'x', AZURE_CORE_OUTPUT: 'none', AZURE_LOGGING_ENABLE_LOG_FILE: 'yes' }],
    [
      'settings of kubectl',
      { KUBECONFIG: 'x', KUBECTL_KUBERC: 'true', KUBE_EDITOR: 'x', KUBERNETES_SERVICE_HOST: 'x' },
    ],
    ['the language', { LC_ALL: 'tr_TR.UTF-8', LANGUAGE: 'tr', LC_NUMERIC: 'de_DE' }],
    ['what changes Python, Node or the loader', { PYTHONPATH: 'x', NODE_OPTIONS: 'x', LD_PRELOAD: 'x' }],
    ['names that only begin like others', { PATHS: 'x', MY_HTTPS_PROXY: 'x', AZURE_CLIENT_ID_2: 'x' }],
  ])('has nothing of %s', (_, environment) => {
    expect(inherited(environment)).toEqual([]);
  });

  it('cannot be changed by the runner, but by the command', () => {
    const environment = { LANG: 'tr_TR.UTF-8', KUBERC: 'mine', AZURE_CONFIG_DIR: '/home/u', AZURE_CORE_NO_COLOR: '0' };
    const command = { env: { AZURE_CONFIG_DIR: '/ours' } };
    expect(childEnvironment(environment, command, 'mark')).toEqual({ ...fixed, AZURE_CONFIG_DIR: '/ours' });
  });
});
