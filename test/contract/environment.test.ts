import { describe, expect, it } from '@jest/globals';
import { startIdentity } from './support/identity.js';
import { ownLogin, startJob } from './support/job.js';

/** What a user or a runner may have set, and what no program of the action may get. */
const odd = {
  ...{ LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', LANGUAGE: 'tr', TZ: 'Asia/Kathmandu', COLUMNS: '7' },
  ...{ KUBERC: '/home/u/kuberc', KUBECTL_KYAML: 'true', KUBECTL_COMMAND_HEADERS: 'x', KUBE_EDITOR: 'vi' },
  ...{ AZURE_DEFAULTS_GROUP: 'other', AZURE_DEFAULTS_LOCATION: 'westus', AZURE_CORE_OUTPUT: 'none' },
  ...{ AZURE_CORE_ONLY_SHOW_ERRORS: 'no', AZURE_CORE_COLLECT_TELEMETRY: 'yes', AZURE_CORE_DISABLE_CONFIRM_PROMPT: '' },
  ...{ PYTHONPATH: '/home/u', PYTHONWARNINGS: 'error', NODE_OPTIONS: '', LD_PRELOAD: '', GODEBUG: 'http2client=0' },
  ...{ MY_TOKEN: 'secret', GITHUB_TOKEN: 'secret', ACTIONS_RUNTIME_TOKEN: 'secret' },
};

/** What every program gets; the shell that starts a fake adds the rest. */
const fixed = {
  ...{ KUBERC: 'off', GOGC: '1000', AZURE_CORE_NO_COLOR: '1', AZURE_CORE_SURVEY_MESSAGE: 'false' },
  ...{ AZURE_CORE_COLLECT_TELEMETRY: 'false', AZURE_EXTENSION_USE_DYNAMIC_INSTALL: 'no', LANG: 'C.UTF-8' },
};
const ofTheShell = ['PWD', 'OLDPWD', 'SHLVL', '_'];

describe('a program that the action starts', () => {
  it('gets the chosen variables, and neither inputs, state, secrets nor settings of the user', async () => {
    await using job = await startJob();
    await using identity = await startIdentity();
    const inputs = { ...job.onAks, ...ownLogin, operation: 'preflight', 'license-key': 'a-license-key' };
    const proxies = { NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' };
    const env = { ...odd, ...proxies, ...identity.environment };
    const main = await job.run(inputs, { env });
    await job.post(inputs, main, { env });
    const chosen = ['PATH', 'HOME', 'AZURE_CONFIG_DIR', 'REQUESTS_CA_BUNDLE', 'MIGRATORYDATA_AKS_COMMAND'];
    const known = [...chosen, ...Object.keys({ ...fixed, ...proxies, ...identity.environment }), ...ofTheShell];
    expect(main.code).toBe(0);
    expect(job.programs.invocations.map(({ tool }) => tool)).toEqual(expect.arrayContaining(['az', 'kubectl']));
    for (const { variables } of job.programs.invocations) {
      expect(variables).toEqual(expect.arrayContaining([...chosen, ...Object.keys(fixed)]));
      expect(variables.filter(name => !known.includes(name))).toEqual([]);
    }
  });

  it('is an az that answers alike, whatever the user has set', async () => {
    await using job = await startJob();
    const results = [];
    for (const env of [{}, odd]) {
      const { code, outputs, log } = await job.run({ ...job.onAks, operation: 'sweep' }, { env });
      results.push({ code, swept: outputs['swept'], lines: log.split('\n').length });
    }
    expect(results[1]).toEqual(results[0]);
  });
});
