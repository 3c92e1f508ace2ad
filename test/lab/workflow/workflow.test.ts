import { afterAll, describe, expect, it } from '@jest/globals';
import { jobOf, jobs, makeBench, resultsOf, stepOf, type Bench } from '../../unit/workflow/bench.js';
import type { Lab } from '../lab.js';
import { useLab } from '../scenarios/support/use-lab.js';
import { labMachine } from './lab-machine.js';

const own = '<owner>/migratorydata-aks@v1';
const withInputs = (inputs: Readonly<Record<string, string>>): string =>
  Object.entries(inputs)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(', ');

let lab: Lab;
let bench: Bench;

afterAll(async () => {
  await bench.remove();
});

useLab(async started => {
  lab = started;
  bench = await makeBench(labMachine(lab));
});

describe('a job with a cluster of kind', () => {
  const kind = `- run: |
        echo '{ nodes: [{ role: control-plane }, { role: worker }, { role: worker }] }' > kind.yml
    - uses: helm/kind-action@v1
      with: { config: kind.yml, cluster_name: "\${{ github.job }}" }`;
  const deploy = (members: string): string => {
    const counts = { replicas: members, 'min-replicas': members, 'seed-members': members };
    return withInputs({ operation: 'deploy', provider: 'kubeconfig', 'service-type': 'node-port', ...counts });
  };

  it('deploys to it, and the cluster is deleted after the job', async () => {
    const run = await bench.start(
      jobs(`check:
  runs-on: ubuntu-latest
  env: { KUBECONFIG: "\${{ github.workspace }}/kubeconfig" }
  outputs: { outcome: "\${{ steps.deploy.outputs.outcome }}" }
  steps:
    ${kind}
    - run: echo "nodes=$(kubectl get nodes --output name | wc -l)"
    - id: deploy
      uses: ${own}
      with: { ${deploy('1')} }
    - uses: actions/upload-artifact@v7
      if: always()
      with: { name: reports, path: "\${{ steps.deploy.outputs.report-directory }}" }
`),
    );
    await run.logged('nodes=2');
    expect(lab.clusters().map(({ name }) => name)).toContain('check');
    const result = await run.ended;
    expect(jobOf(result, 'check')).toMatchObject({ result: 'success', outputs: { outcome: 'success' } });
    expect(stepOf(jobOf(result, 'check'), 'deploy').report?.operation).toBe('deploy');
    expect(Object.keys(result.artifacts)).toEqual(['reports']);
    expect(lab.clusters().map(({ name }) => name)).not.toContain('check');
  });

  it('is cancelled during a step: the action ends, and its post phase and the steps with always() run', async () => {
    const run = await bench.start(
      jobs(`deploy:
  runs-on: ubuntu-latest
  env: { KUBECONFIG: "\${{ github.workspace }}/kubeconfig" }
  steps:
    ${kind}
    - id: deploy
      uses: ${own}
      with: { ${deploy('3')} }
    - { id: always, if: always(), run: "kubectl get namespace migratory" }
report:
  needs: deploy
  if: always()
  runs-on: ubuntu-latest
  steps: [{ run: 'test "\${{ needs.deploy.result }}" = cancelled' }]
`),
    );
    await run.logged('statefulset-migratorydata.yaml');
    run.cancel();
    const result = await run.ended;
    expect(result.conclusion).toBe('cancelled');
    expect(resultsOf(result)).toEqual({ deploy: 'cancelled', report: 'success' });
    const { steps } = jobOf(result, 'deploy');
    expect(steps.slice(2).map(({ phase, conclusion }) => `${phase} ${conclusion}`)).toEqual([
      ...['main cancelled', 'main success', 'post success', 'post success'],
    ]);
    expect(stepOf(jobOf(result, 'deploy'), 'deploy').report?.outcome).toBe('cancelled');
  });
});

describe('a job with Azure', () => {
  const ids = (): Readonly<Record<string, string>> => ({
    CLIENT: lab.azure.clientId,
    TENANT: lab.azure.tenantId,
    SUBSCRIPTION: lab.azure.subscriptionId,
  });
  const subscription = 'subscription-id: "${{ vars.SUBSCRIPTION }}"';
  const identity = `client-id: "\${{ vars.CLIENT }}", tenant-id: "\${{ vars.TENANT }}", ${subscription}`;
  const preflight = (inputs: string): string => `uses: ${own}\n      with: { operation: preflight, ${inputs} }`;

  it('logs in by azure/login or by the action, and no other job has its login', async () => {
    const job = (id: string, steps: string, permissions = 'id-token: write'): string => `${id}:
  runs-on: ubuntu-latest
  permissions: { ${permissions} }
  steps:
    ${steps}
`;
    const login = `- uses: azure/login@v3\n      with: { ${identity} }\n    - id: check\n      ${preflight(subscription)}`;
    const result = await bench.run(
      jobs(
        job('login', login) +
          job('action', `- id: check\n      ${preflight(identity)}`) +
          job('none', `- id: check\n      ${preflight(subscription)}`) +
          job('forbidden', login, 'contents: read') +
          job('unidentified', `- id: check\n      ${preflight(identity)}`, 'contents: read'),
      ),
      { vars: ids() },
    );
    expect(resultsOf(result)).toEqual({
      ...{ login: 'success', action: 'success', none: 'failure', forbidden: 'failure', unidentified: 'failure' },
    });
    const codeOf = (id: string): string | undefined => stepOf(jobOf(result, id), 'check').outputs['error-code'];
    expect([codeOf('none'), codeOf('unidentified')]).toEqual(['azure-not-logged-in', 'azure-oidc-unavailable']);
    expect(jobOf(result, 'login').steps.map(({ phase, conclusion }) => `${phase} ${conclusion}`)).toEqual([
      ...['main success', 'main success', 'post success', 'post success'],
    ]);
    expect(jobOf(result, 'forbidden').steps[0]?.log).toContain('give write permissions to id-token');
  });
});
