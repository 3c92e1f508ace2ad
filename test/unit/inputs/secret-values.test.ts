import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ActionError } from '../../../src/errors/action-error.js';
import { secretInputs } from '../../../src/inputs/secret-inputs.js';
import { secretsOf } from '../../../src/inputs/secret-values.js';
import { actionFile, environmentOf, problemsOf, read, requestFor } from './read.js';

describe('secret inputs', () => {
  it.each(secretInputs.map(name => [name]))('%s is described as secret and refused when short, unseen', name => {
    expect(actionFile.inputs[name]?.description).toMatch(/^Secret/);
    const problems = problemsOf({
      [name]: 'u v s3cr3t',
      ...(name === 'kubeconfig-content' && { provider: 'kubeconfig' }),
    });
    const short = problemsOf({ [name]: 'abc1234', ...(name === 'kubeconfig-content' && { provider: 'kubeconfig' }) });
    expect(problems.join()).not.toContain('s3cr3t');
    expect(short).toHaveLength(1);
    expect(short[0]).toMatch(new RegExp(`^${name}: must `));
    expect(short[0]).not.toContain('abc1234');
  });

  it('never show in a message, even where another input repeats them', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('location', 'image', 'public-url', 'tags', 'server-options', 'options', 'scale-to', 'patches'),
        fc.string({ minLength: 8, maxLength: 200, unit: fc.constantFrom('X', 'Y', '0', '9', '!', '"', '\\', '$') }),
        (input, secret) => {
          const given = { 'license-key': secret, [input]: `?${secret}`, replicas: 'none' };
          try {
            read(given);
          } catch (error) {
            if (!(error instanceof ActionError)) throw error;
            expect(error.message).toContain('replicas "none"');
            expect(error.message).not.toContain(secret);
            expect(error.message).not.toContain(JSON.stringify(secret).slice(1, -1));
            return;
          }
          throw new Error('replicas "none" was accepted');
        },
      ),
    );
  });

  it('are not repeated from options of the server, where they do not belong', () => {
    expect(problemsOf({ 'server-options': 'LicenseKey=tell-nobody' })).toEqual([
      'server-options: LicenseKey is set by the action itself; use the secret input license-key.',
    ]);
    for (const name of ['MonitorPassword', 'signature.hmac.secret', 'sasl.jaas.config', 'UserToken']) {
      expect(problemsOf({ 'server-options': `LogLevel=INFO ${name}=tell-nobody` })).toEqual([
        `server-options: ${name} is a secret, and everyone who sees the manifest could read it; store the value in a Secret of the namespace, and set secret-opts to ${name}=SECRET/KEY.`,
      ]);
    }
    expect(problemsOf({ 'secret-opts': 'MonitorPassword=tell-nobody' })).toEqual([
      'secret-opts: must be Name=secret/key; write it as MonitorPassword=monitoring/password.',
    ]);
    expect(problemsOf({ 'extra-create-args': '--client-secret=tell-nobody' })[0]).not.toContain('tell-nobody');
  });

  it('reach the request', () => {
    const given = {
      'license-key': 'licence-0001',
      'cluster-password': 'password-0001',
      'entitlement-token': 'token-0001',
      'registry-credentials': 'registry.example.com  robot\npass-0001',
    };
    expect(requestFor('deploy', given).deployment.secrets).toEqual({
      licenseKey: 'licence-0001',
      clusterPassword: 'password-0001',
      entitlementToken: 'token-0001',
      registryCredentials: { server: 'registry.example.com', username: 'robot', password: 'pass-0001' },
    });
  });

  it.each([
    ['license-key', 'two words here', 'must not contain white space or quotes'],
    ['registry-credentials', 'server username', 'must be three words'],
    ['registry-credentials', 'server username short', 'must have at least 8 characters'],
  ])('%s has a form of its own', (name, value, rule) => {
    expect(problemsOf({ [name]: value })[0]).toContain(rule);
  });
});

describe('secretsOf', () => {
  it('gives every secret once, and the password of the registry', () => {
    const env = environmentOf({
      'license-key': ' same-secret ',
      'cluster-password': 'same-secret',
      'registry-credentials': 'server robot pass-0001',
      replicas: '3',
    });
    expect(secretsOf(env)).toEqual(['same-secret', 'server robot pass-0001', 'pass-0001']);
  });

  it('is empty without secrets', () => {
    expect(secretsOf(environmentOf({ 'license-key': '' }))).toEqual([]);
  });
});

describe('a kubeconfig as content', () => {
  const kubeconfig = `
apiVersion: v1
kind: Config
current-context: kind-check
clusters: [{ name: kind-check, cluster: { server: 'https://127.0.0.1:1', certificate-authority-data: cHVibGlj } }]
users:
  - name: admin
    user:
      client-certificate-data: cHVibGlj
      client-key-data: a2V5LWRhdGE=
      token: token-0001
      exec: { command: plugin, args: [get], env: [{ name: PLUGIN_CREDENTIAL, value: handed-on }] }
`;

  it('has its keys, tokens and what plugins are given hidden, and nothing that is no secret', () => {
    const env = environmentOf({ 'kubeconfig-content': kubeconfig });
    expect(secretsOf(env)).toEqual(['a2V5LWRhdGE=', 'token-0001', 'handed-on']);
  });

  it.each(['no: users', '{ broken', 'just text'])('is secret as a whole when it is none: %s', text => {
    expect(secretsOf(environmentOf({ 'kubeconfig-content': text }))).toEqual([text]);
  });
});
