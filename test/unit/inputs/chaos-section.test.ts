import { describe, expect, it } from '@jest/globals';
import { experimentNames, experiments, holdMsOf } from '../../../src/chaos/experiments/index.js';
import { readRequest } from '../../../src/inputs/read-request.js';
import { chaosPhase } from '../../../src/operations/chaos.js';
import { operationDefinitions } from '../../../src/operations/index.js';
import { someRun } from '../fakes.js';
import { actionFile, environmentOf, type Given, problemsOf, requestFor } from './read.js';

const kind = { provider: 'kubeconfig', KUBECONFIG: 'kind.yaml' };
const operation = 'chaos';

describe('experiments that cannot run as asked for', () => {
  it.each<readonly [Given, string]>([
    [
      { experiments: 'power-off' },
      'experiments "power-off": changes machines in a way that Microsoft does not support',
    ],
    [{ experiments: 'zone' }, 'experiments "zone": changes machines in a way that Microsoft does not support'],
    [
      { ...kind, experiments: 'node-delete' },
      'experiments "node-delete": changes machines in Azure and requires provider',
    ],
    [
      { experiments: 'quorum-loss', rest: 'false' },
      'experiments "quorum-loss": can only be observed by messages that are not accepted',
    ],
    [
      { experiments: 'kubelet-stop', 'allow-unsupported-node-ops': 'true', hold: '5m' },
      'hold "5m": is longer than kubelet-stop can be held (4m): Azure would repair the node during the fault',
    ],
    [{ hold: '20m', 'max-recovery': '5m' }, 'max-recovery "5m": cannot be met: drain is held for 20m'],
    [
      { experiments: 'power-off', 'allow-unsupported-node-ops': 'true', 'max-recovery': '5m' },
      'max-recovery "5m": cannot be met: power-off is held for 12m, and recovery is counted from the fault',
    ],
    [{ repeat: '21' }, 'repeat "21": must be a whole number from 1 to 20'],
    [{ operation: 'e2e', 'max-lost': '1' }, 'max-lost "1": requires rest: without it, lost messages are not measured'],
    [
      { 'probe-image': 'curlimages/curl:8.17.0' },
      'probe-image "curlimages/curl:8.17.0": must be an image reference that is pinned',
    ],
    [{ 'probe-image': 'Curl@sha256:1' }, 'probe-image "Curl@sha256:1": must be an image reference that is pinned'],
    [{ clients: '0' }, 'clients "0": must be a whole number from 1 to 5000'],
    [
      { operation: 'e2e', clients: '81' },
      'clients "81": is more than 80, and the servers accept 100 connections without',
    ],
  ])('refuses %j', (given, problem) => {
    expect(problemsOf({ operation, ...given }).join('\n')).toContain(problem);
  });

  it('reports all of them at once, each once', () => {
    const problems = problemsOf({ ...kind, operation, experiments: 'power-off,zone,power-off' });
    expect(problems).toHaveLength(4);
  });

  it.each<readonly [Given]>([
    [{ experiments: 'baseline,drain,pod-kill,rolling,node-delete' }],
    [{ ...kind, experiments: 'quorum-loss', rest: 'true' }],
    // The live deployment knows whether it has REST.
    [{ ...kind, experiments: 'quorum-loss', 'max-lost': '1' }],
    [{ experiments: 'power-off,reboot,kubelet-stop,zone', 'allow-unsupported-node-ops': 'true', timeout: '6h' }],
    [{ operation: 'deploy', experiments: 'power-off' }],
    [{ ...kind, experiments: 'quorum-loss', rest: 'true', hold: '20m', 'max-recovery': '5m' }],
    [{ experiments: 'pod-kill', hold: '20m', 'max-recovery': '5m' }],
    [{ operation: 'e2e', clients: '5000', 'license-key': 'license-of-a-customer' }],
    // The live deployment knows whether it has a license.
    [{ clients: '5000', timeout: '6h' }],
  ])('takes %j', given => {
    expect(problemsOf({ operation, ...given })).toEqual([]);
  });
});

describe('more clients than the runner can hold', () => {
  it.each([
    [
      1_024,
      'clients "800": needs more open files than this runner allows: 1024, of which 256 are for the rest of the step; set clients to 768 or less',
    ],
    [256, 'raise the limit of open files'],
  ])('are refused with %d open files', (openFiles, problem) => {
    const reading = (): unknown =>
      readRequest(
        { env: environmentOf({ operation, clients: '800' }), run: { ...someRun, openFiles } },
        operationDefinitions,
      );
    expect(reading).toThrow(problem);
  });
});

describe('the time of experiments', () => {
  it('has the time in which many connections are opened', () => {
    const [few, many] = ['24', '5000'].map(
      clients => chaosPhase(requestFor(operation, { ...kind, clients })).limitMs ?? 0,
    );
    expect(Number(many) - Number(few)).toBe(25_000);
  });

  it('is that of each: a steady time before and after, its own hold, and the recovery; 2 minutes after the fault at least', () => {
    const request = requestFor(operation, { ...kind, experiments: 'drain,pod-kill', 'max-recovery': '1m' });
    expect(chaosPhase(request).limitMs).toBe(30_000 + 60_000 + 60_000 + 30_000 + 30_000 + 120_000);
  });

  it('is as long for each run of an experiment', () => {
    const timeOf = (repeat: string): number =>
      chaosPhase(
        requestFor(operation, { ...kind, repeat, experiments: 'drain,pod-kill', 'max-recovery': '1m', timeout: '5h' }),
      ).limitMs ?? 0;
    expect(timeOf('20')).toBe(20 * timeOf('1'));
    expect(problemsOf({ operation, ...kind, repeat: '20' }).join()).toMatch(
      /^timeout "90m": .*\(chaos 5h40m = 5h40m\)/,
    );
  });

  it('has the hold that the user wants, for all that hold at all', () => {
    const held = experimentNames.filter(name => experiments[name].hold.defaultMs > 0);
    expect(held).toEqual(expect.arrayContaining(['drain', 'power-off']));
    expect(held).not.toContain('pod-kill');
    expect(experimentNames.map(name => holdMsOf(name, 5))).toEqual(
      experimentNames.map(name => (held.includes(name) ? 5 : 0)),
    );
    expect(holdMsOf('drain', undefined)).toBe(experiments.drain.hold.defaultMs);
  });
});

it('names every experiment in action.yml', () => {
  const words = actionFile.inputs['experiments']?.description.match(/[a-z-]+/g) ?? [];
  expect(words).toEqual(expect.arrayContaining([...experimentNames]));
});
