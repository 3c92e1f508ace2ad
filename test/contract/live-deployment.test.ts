import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startDeployedJob } from './support/deployed-job.js';
import { type Inputs, type Job, startJob } from './support/job.js';
import { shortChaos } from './support/short-chaos.js';

/** Nothing of this is a default, and no later step says any of it. */
const made = { rest: 'true', replicas: '4', 'min-replicas': '4', 'max-replicas': '6', 'cluster-domain': 'k8s.test' };
/** The steps that follow, with what they are told. */
const later: readonly (readonly [operation: string, inputs: Inputs])[] = [
  ['verify', {}],
  ['scale', { 'scale-to': '6,4' }],
  ['autoscale', {}],
  ['chaos', { experiments: 'pod-kill', 'max-lost': '5', ...shortChaos }],
  ['recover', {}],
  ['collect', {}],
];

let job: Job;
let silent: Inputs;
beforeAll(async () => {
  job = await startDeployedJob(made);
  const { provider = '', kubeconfig = '' } = job.onKubeconfig;
  silent = { provider, kubeconfig };
});
afterAll(async () => {
  await job[Symbol.asyncDispose]();
});

describe('a step on a live deployment', () => {
  it.each(later)('%s need not be told what the cluster knows', async (operation, inputs) => {
    const before = job.front.requests.length;
    const main = await job.run({ ...silent, ...inputs, operation });
    expect([main.code, main.annotations]).toEqual([0, []]);
    const sends = operation === 'verify' || operation === 'scale' || operation === 'chaos';
    expect(job.front.requests.slice(before).includes('POST /rest/produce')).toBe(sends);
    if (operation === 'autoscale') expect(main.report.facts['Autoscaler']).toMatch(/, 4 to 6 members$/);
  });

  const wrong = { 'cluster-domain': 'x.test', 'max-replicas': '7', options: '{client-port: 81}' };
  const complaint = (names: readonly string[]): unknown =>
    expect.stringMatching(new RegExp(`differs from the inputs of this step: .*${names.join('.*')}`));

  it.each([
    [
      'verify',
      ['max-replicas is 6 and not 7', 'cluster-domain is k8s.test and not x.test', 'client-port is \\d+ and not 81'],
    ],
    [
      'scale',
      ['max-replicas is 6 and not 7', 'cluster-domain is k8s.test and not x.test', 'client-port is \\d+ and not 81'],
    ],
    // The bounds of the autoscaler are its own inputs.
    ['autoscale', ['cluster-domain is k8s.test and not x.test', 'client-port is \\d+ and not 81']],
    [
      'chaos',
      ['max-replicas is 6 and not 7', 'cluster-domain is k8s.test and not x.test', 'client-port is \\d+ and not 81'],
    ],
  ])('%s refuses what is not so, and changes nothing', async (operation, names) => {
    const main = await job.run({ ...silent, ...shortChaos, ...wrong, operation, 'scale-to': '5' });
    expect([main.code, main.outputs['error-code']]).toEqual([1, 'deployment-differs']);
    expect(main.report.errors[0]?.message).toEqual(complaint(names));
    expect(main.changes.filter(change => !change.includes('leases'))).toEqual([]);
  });

  it.each(['recover', 'collect'])('%s warns of what is not so, and goes on', async operation => {
    const main = await job.run({ ...silent, ...wrong, operation });
    expect([main.code, main.report.warnings]).toEqual([0, [complaint(['cluster-domain is k8s.test and not x.test'])]]);
  });

  it('sends no message if it is told not to', async () => {
    const before = job.front.requests.length;
    const main = await job.run({ ...silent, operation: 'verify', rest: 'false' });
    expect([main.code, job.front.requests.slice(before)]).toEqual([0, ['GET /']]);
  });

  it('does not hold the config file, a default or the number of members against it', async () => {
    const main = await job.run({ ...silent, operation: 'verify', replicas: '5', 'verify-timeout': '4m' });
    expect([main.code, main.annotations]).toEqual([0, []]);
  });
});

it('chaos says so when the deployment lacks what an experiment needs, and teardown only warns', async () => {
  await using plain = await startDeployedJob();
  const main = await plain.run({
    ...plain.onKubeconfig,
    operation: 'chaos',
    experiments: 'quorum-loss',
    ...shortChaos,
  });
  expect([main.code, main.outputs['error-code']]).toEqual([1, 'deployment-differs']);
  expect(main.report.errors[0]?.message).toBe(
    'The deployment in namespace migratory has no REST interface, which quorum-loss needs.',
  );

  const deleted = await plain.run({ ...plain.onKubeconfig, operation: 'teardown', rest: 'true' });
  expect([deleted.code, deleted.outputs['deleted']]).toEqual([0, 'true']);
  expect(deleted.report.warnings).toEqual([expect.stringContaining('rest is false and not true')]);
});

it('an address of its own for clients is deployed once, and every later step uses it', async () => {
  await using behind = await startJob();
  const { provider = '', kubeconfig = '' } = behind.onKubeconfig;
  const url = `http://127.0.0.1:${behind.front.port}`;
  const deployed = await behind.run({ provider, kubeconfig, operation: 'deploy', rest: 'true', 'public-url': url });
  expect([deployed.code, deployed.outputs['url']]).toEqual([0, url]);
  for (const inputs of [{ operation: 'verify' }, { operation: 'chaos', experiments: 'pod-kill', ...shortChaos }]) {
    const before = behind.front.requests.length;
    const main = await behind.run({ provider, kubeconfig, ...inputs });
    expect([main.code, main.outputs['url']]).toEqual([0, url]);
    expect(behind.front.requests.slice(before)).toContain('POST /rest/produce');
  }
});
