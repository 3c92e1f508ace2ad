import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jobOf, makeBench, resultsOf, type Bench, type Files } from '../unit/workflow/bench.js';

/** What deploy.yml looks at before it creates anything, run from its file; nothing of Azure answers here. */
describe('a deployment that cannot go well', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await makeBench();
  });
  afterAll(() => bench.remove());

  const identifier = '11111111-1111-4111-8111-111111111111';
  const vars = { AZURE_CLIENT_ID: identifier, AZURE_TENANT_ID: identifier, AZURE_SUBSCRIPTION_ID: identifier };
  const caller = (inputs: string): string => `on: push
jobs:
  call:
    permissions: { contents: read, id-token: write }
    uses: <owner>/migratorydata-aks/.github/workflows/deploy.yml@v1
    with: { ${inputs} }
`;
  const patch: Files = { 'patches/web.yaml': 'kind: Deployment\nmetadata: { name: web }\n' };

  it.each<[string, string, Files, string, string]>([
    ['input of the deployment', "service-type: cluster-ip, dns-label: 'shop'", {}, 'invalid-input', 'dns-label'],
    ['time for its verification', 'verify-timeout: 2h', {}, 'invalid-input', 'timeout "90m": must be at least'],
    ['patch', 'patches: patches', patch, 'patches-failed', 'patches: Deployment web (patches/web.yaml) does not exist'],
  ])('by a wrong %s ends before there is a cluster', async (_what, inputs, files, code, told) => {
    const run = await bench.run(caller(inputs), { vars }, files);
    const { jobs, outputs } = jobOf(run, 'call');
    expect(resultsOf({ jobs })).toEqual({ plan: 'success', check: 'failure', deploy: 'skipped', teardown: 'skipped' });
    expect(outputs).toMatchObject({ outcome: 'failure', 'error-code': code });
    expect(run.log).toContain(told);
  });
});
