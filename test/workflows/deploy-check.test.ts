import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { jobOf, makeBench, resultsOf, type Bench, type Files } from '../unit/workflow/bench.js';

/** What deploy.yml looks at before it creates anything, run from its file; nothing of Azure answers here. */
describe('a deployment', () => {
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
  const config = (text: string): Files => ({ '.github/migratorydata.yml': `configVersion: 1\n${text}\n` });

  it.each<[string, string, Files, string, string]>([
    ['input', "service-type: cluster-ip, options: '{dns-label: shop}'", {}, 'invalid-input', 'dns-label'],
    ['time', "options: '{verify-timeout: 2h}'", {}, 'invalid-input', 'timeout "90m": must be at least'],
    [
      'patch of its config file',
      '',
      { ...patch, ...config('deployment: { patches: patches }') },
      'patches-failed',
      'patches: Deployment web (patches/web.yaml) does not exist',
    ],
  ])('with a wrong %s ends before there is a cluster', async (_what, inputs, files, code, told) => {
    const run = await bench.run(caller(inputs), { vars }, files);
    const { jobs, outputs } = jobOf(run, 'call');
    expect(resultsOf({ jobs })).toEqual({ plan: 'success', check: 'failure', deploy: 'skipped', teardown: 'skipped' });
    expect(outputs).toMatchObject({ outcome: 'failure', 'error-code': code });
    expect(run.log).toContain(told);
  });

  it.each<[string, string, Files, string]>([
    ['config file', '', config('azure: { resource-group: rg }'), 'azure "resource-group": must not be in this file'],
    ['path of a config file', 'config: ops/shop.yml', {}, 'config "ops/shop.yml": does not exist'],
    ['option', "options: '{teardown: always}'", {}, 'give teardown as an input of the workflow'],
  ])('with a wrong %s ends in the plan', async (_what, inputs, files, told) => {
    const run = await bench.run(caller(inputs), { vars }, files);
    expect(resultsOf(jobOf(run, 'call'))).toMatchObject({ plan: 'failure', check: 'skipped', teardown: 'skipped' });
    expect(run.log).toContain(told);
  });

  it('shows with dry-run what it would do, in every job with the config file of the plan, and starts nothing', async () => {
    const given = 'dry-run: true, teardown: always, resource-group: rg-shop, image: given/server:6.0.24';
    const files = config('deployment: { image: file/server:6.0.24, max-replicas: 7 }');
    const run = await bench.run(caller(given), { vars }, files);
    const { jobs, outputs } = jobOf(run, 'call');
    expect(resultsOf({ jobs })).toEqual({ plan: 'success', check: 'success', deploy: 'success', teardown: 'success' });
    expect(outputs).toMatchObject({ outcome: 'dry-run', 'error-code': '' });
    const digest = String(jobOf({ jobs }, 'plan').steps.find(({ id }) => id === 'plan')?.outputs['config-digest']);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    const read = Object.values(jobs).flatMap(({ id, steps }) =>
      steps.flatMap(step => (step.outputs['config-digest'] === digest ? [`${id} ${step.id}`] : [])),
    );
    expect(read).toEqual([
      ...['plan plan', 'check read', 'check preflight', 'deploy create', 'deploy deploy', 'deploy verify'],
    ]);
    const [, folder = ''] =
      Object.entries(run.artifacts).find(([name]) => /^migratorydata-deploy-main-\w+-1$/.test(name)) ?? [];
    const manifest = await readFile(`${folder}/deploy/manifests/5-stateful-set.yaml`, 'utf8');
    expect(manifest).toContain('given/server:6.0.24');
    expect(manifest).toContain('migratorydata-6.');
  });
});
