import { expect, jest } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { Report } from '../../../src/journal/model.js';
import { type ActionOptions, type ActionResult, runPost, startAction } from '../../support/action-runner.js';
import { undeclaredCalls } from '../../support/permitted.js';
import { startArm } from './arm.js';
import { accessToken, type FakeAzure, scriptAzure, subscriptionId } from './azure.js';
import { type Front, startFront } from './front.js';
import { expectAccount, expectDeclaredOutputs, readReport } from './promises.js';
import { kubeconfigText, makeSandbox, type Sandbox, type SandboxOptions } from './sandbox.js';
import { describeTraffic, type Names, type Seen, type Traffic } from './traffic.js';

export type Inputs = Readonly<Record<string, string>>;

/** An image that is pinned by its digest. */
export const probeImage = `registry.example/curl@sha256:${'0123456789abcdef'.repeat(4)}`;

/** Inputs with which the action logs in itself; the job needs an identity for it. */
export const ownLogin: Inputs & Readonly<Record<'subscription-id', string>> = {
  'client-id': '9f5f0c3e-6a56-4a53-9dd5-2c35a4f0c7a1',
  'tenant-id': '5d1f7f0a-2f0b-4c61-8f0e-8c7d0c3c9d2e',
  'subscription-id': subscriptionId,
};

/** Only stops hangs: the slowest step of all waits half a minute for an API server. */
jest.setTimeout(90_000);

/** One step of a job: its inputs, and what differs from the usual environment of the runner. */
export interface Step extends Pick<ActionOptions, 'node' | 'entry' | 'onOutput'> {
  readonly inputs: Inputs;
  readonly env?: Readonly<Record<string, string>>;
}

/** A phase of a step that has ended. */
export interface Phase extends ActionResult, Traffic {}

/** The main phase of a step, with its reports. */
export interface Main extends Phase {
  readonly report: Report;
  readonly junit: string;
}

export interface RunningMain {
  readonly pid: number;
  readonly ended: Promise<Main>;
  cancel(): void;
}

/** A job on a runner with only fakes: az with a small Azure, kubectl with a Kubernetes API, and a welcome page. */
export interface Job extends Sandbox {
  readonly azure: FakeAzure;
  readonly front: Front;
  /** Inputs with a kubeconfig for the Kubernetes API, and the client endpoint of the fake load balancer. */
  readonly onKubeconfig: Inputs;
  /** The same on AKS, with the login of an earlier step. */
  readonly onAks: Inputs;
  /** Texts that differ between jobs, and the names that replace them. */
  readonly names: Names;
  start(step: Step): Promise<RunningMain>;
  run(inputs: Inputs, step?: Omit<Step, 'inputs'>): Promise<Main>;
  post(inputs: Inputs, main: Pick<ActionResult, 'state'>, step?: Omit<Step, 'inputs'>): Promise<Phase>;
}

/**
 * Starts a job. For every step, its outputs must be declared, its report must follow the schema and list every process
 * and call, and no program may get a call that the test does not expect.
 */
export async function startJob(options: SandboxOptions = {}): Promise<Job> {
  const sandbox = await makeSandbox(options);
  const front = await startFront();
  const arm = await startArm();
  const { programs, kubernetes } = sandbox;
  kubernetes.behaviour.memberPort = front.port;
  const azure = scriptAzure(programs, arm, kubeconfigText);
  const clientPort = { 'client-port': String(front.port) };
  const names: Names = {
    [sandbox.temp]: 'TEMP',
    [sandbox.folder]: 'SANDBOX',
    [String(front.port)]: 'PORT',
    [arm.endpoint]: 'AZURE',
    [subscriptionId]: 'SUBSCRIPTION',
  };

  const optionsOf = ({ inputs, env = {}, ...rest }: Step): ActionOptions => ({
    ...rest,
    inputs,
    // The clients of this job connect from loopback; no outside service is requested for its address.
    env: {
      ...sandbox.environment,
      ...{ MDAKS_RUNNER_ADDRESS: '127.0.0.1', REQUESTS_CA_BUNDLE: arm.caFile },
      ...env,
    },
  });
  /** Returns a function that returns what was started and requested since now, when the phase has ended. */
  const watch = (): (() => Seen) => {
    const [from, since, before] = [programs.invocations.length, kubernetes.calls.length, arm.calls.length];
    return () => {
      expect([programs.unexpected, arm.unexpected]).toEqual([[], []]);
      return {
        invocations: programs.invocations.slice(from),
        calls: kubernetes.calls.slice(since),
        requests: arm.calls.slice(before),
      };
    };
  };
  const start = async (step: Step): Promise<RunningMain> => {
    const seen = watch();
    const running = await startAction(optionsOf(step));
    const finish = async (): Promise<Main> => {
      const result = await running.ended;
      const traffic = seen();
      expectDeclaredOutputs(result);
      // The runner keeps the log; the mask is the one place that names the token.
      expect(result.log.replaceAll(`::add-mask::${accessToken}`, '')).not.toContain(accessToken);
      const read = (name: string): Promise<string> => readFile(result.outputs[name] ?? '', 'utf8');
      const report = readReport(await read('report-json'));
      expect(report.outcome).toBe(result.outputs['outcome']);
      expectAccount(report, traffic);
      expect(undeclaredCalls(report, step.inputs)).toEqual([]);
      return { ...result, ...describeTraffic(traffic, names), report, junit: await read('report-junit') };
    };
    return {
      pid: running.pid,
      ended: finish(),
      cancel: () => {
        running.cancel();
      },
    };
  };

  return {
    ...sandbox,
    azure,
    front,
    onKubeconfig: { provider: 'kubeconfig', kubeconfig: sandbox.kubeconfig, ...clientPort },
    onAks: clientPort,
    names,
    start,
    run: async (inputs, step = {}) => (await start({ ...step, inputs })).ended,
    async post(inputs, main, step = {}) {
      const seen = watch();
      const result = await runPost(optionsOf({ ...step, inputs }), main);
      return { ...result, ...describeTraffic(seen(), names) };
    },
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await arm[Symbol.asyncDispose]();
      await sandbox[Symbol.asyncDispose]();
    },
  };
}
