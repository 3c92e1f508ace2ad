import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ActionError, toActionError } from '../../../src/errors/action-error.js';
import { Journal } from '../../../src/journal/journal.js';
import { operationDefinitions, type Request } from '../../../src/operations/index.js';
import type {
  Command,
  CommandResult,
  HttpsRequest,
  HttpsResponse,
  RunningProcess,
} from '../../../src/runtime/ports.js';
import type { Context } from '../../../src/step-context/context.js';
import { UndoLog } from '../../../src/step-context/undo-log.js';
import { lineOf, ScriptedAzure } from '../azure/scripted-azure.js';
import {
  fakePorts,
  MemoryFiles,
  MemoryState,
  RecordingLog,
  RecordingOutputs,
  ScriptedGitHub,
  ScriptedNetwork,
  someRun,
} from '../fakes.js';
import { type Given, requestFor } from '../inputs/read.js';
import { JumpingClock } from '../jumping-clock.js';
import { FakeCluster, type Received, refuse, reply } from '../kubernetes/fake-cluster.js';
import { playControllers } from './controllers.js';

export const namespaces = '/api/v1/namespaces';
export const nodes = '/api/v1/nodes';
export const ours = { 'app.kubernetes.io/managed-by': 'migratorydata-aks' };

/** Inputs for a cluster that a kubeconfig names, whose three nodes clients reach by node ports. */
export const onKubeconfig: Given = {
  ...{ provider: 'kubeconfig', kubeconfig: '/k', namespace: 'ns', 'service-type': 'node-port', rest: 'false' },
  ...{ 'verify-timeout': '1m', instance: 'check-0' },
};

/** Answers Azure by its rules; a kubectl proxy that is started serves the fake cluster. */
class ProcessRunner extends ScriptedAzure {
  onCommand: (line: string) => void = () => undefined;
  readonly #socketPath: string;

  constructor(socketPath: string) {
    super();
    this.#socketPath = socketPath;
  }

  override run(command: Command, signal: AbortSignal): Promise<CommandResult> {
    if (!signal.aborted) this.onCommand([command.tool, ...command.argv].join(' '));
    return super.run(command, signal);
  }

  override send(request: HttpsRequest, signal: AbortSignal): Promise<HttpsResponse> {
    if (!signal.aborted && request.method !== 'GET') this.onCommand(lineOf(request));
    return super.send(request, signal);
  }

  override start(command: Command): RunningProcess {
    const path = command.argv.find(word => word.startsWith('--unix-socket='))?.slice('--unix-socket='.length) ?? '';
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(this.#socketPath, path);
    return super.start(command);
  }
}

/** A step that runs one operation: fake ports, a fake cluster with its controllers, and a clock that jumps over waits. */
export class OperationBench implements AsyncDisposable {
  readonly stop = new AbortController();
  readonly clock = new JumpingClock(() => this.cluster.received.length);
  readonly outputs = new RecordingOutputs();
  readonly network = new ScriptedNetwork();
  readonly github = new ScriptedGitHub();
  readonly files = new MemoryFiles();
  readonly runner: ProcessRunner;
  /** The changes of cluster and Azure in order, each with what the undo log held when it was asked for. */
  readonly steps: string[] = [];
  /** What the operation masks. */
  readonly hidden: string[] = [];
  readonly context: Context;
  readonly cluster: FakeCluster;
  /** False while no controller acts: no member starts, and nothing has a status. */
  controlled = true;
  readonly #folder = mkdtempSync(join(tmpdir(), 'bench-'));
  #trouble: { readonly at: string; before: number; readonly begin: (() => void) | undefined } | undefined;

  private constructor(cluster: FakeCluster, operation: Request['operation']) {
    this.cluster = cluster;
    this.runner = new ProcessRunner(cluster.socketPath);
    const { clock, outputs, network, github, files, runner } = this;
    const [log, run] = [new RecordingLog(), { ...someRun, tempFolder: this.#folder }];
    this.context = {
      ports: fakePorts({ clock, outputs, network, github, files, runner, https: runner, log, run }),
      journal: new Journal(clock, log, operation, 'check-0', run),
      undoLog: new UndoLog(new MemoryState()),
      azureClients: new Map(),
      timeoutMs: 60_000,
      ...{ signal: this.stop.signal, redact: (text: string) => text, hide: secret => this.hidden.push(secret) },
    };
    files.texts.set('/k', 'kind: Config');
    network.answer = () => ({ text: '<title>MigratoryData</title>' });
    runner.onCommand = line => {
      const [verb = ''] = / (create|delete|update|start) |^(PUT|PATCH|POST|DELETE) /.exec(line) ?? [];
      const isRead = line.endsWith('Credential');
      if (verb !== '' && !isRead) this.#record(line.split(/ -| \{| if-match/)[0] ?? '');
    };
  }

  static async start(operation: Request['operation']): Promise<OperationBench> {
    const cluster = await FakeCluster.start();
    const bench = new OperationBench(cluster, operation);
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      const addresses = [{ type: 'InternalIP', address: `10.0.0.${index + 1}` }];
      const status = { conditions: [{ type: 'Ready', status: 'True' }], addresses };
      const labels = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
      cluster.put(nodes, { metadata: { name, uid: `uid-${name}`, labels }, spec: {}, status });
    }
    cluster.react = () => {
      if (bench.controlled) playControllers(cluster);
    };
    cluster.scripts.push((received, response) => {
      const { method, path } = received;
      if (method !== 'GET' && !received.query.has('dryRun') && !isLockRenewal(received)) {
        const refused = bench.#record(`${method} ${shortened(path)}`);
        if (refused) refuse(response, 403, 'Forbidden');
        if (refused) return true;
      }
      if (!/^\/version$|\/log$/.test(path)) return false;
      reply(response, 200, { major: '1', minor: '34', gitVersion: 'v1.34.0' });
      return true;
    });
    return bench;
  }

  /** As `start`, on a cluster with three members that this project has deployed. */
  static async onDeployment(operation: Request['operation'], given = onKubeconfig): Promise<OperationBench> {
    const bench = await OperationBench.start(operation);
    await bench.run('deploy', given);
    bench.context.journal.report.phases.length = 0;
    bench.steps.length = 0;
    bench.outputs.values.clear();
    return bench;
  }

  /** Runs the operation. Returns its error, if there is one. */
  async run(operation: Request['operation'], given: Given = onKubeconfig): Promise<ActionError | undefined> {
    try {
      await operationDefinitions[operation].run(this.context, requestFor(operation, given));
      return undefined;
    } catch (error) {
      return toActionError(this.stop.signal.aborted ? this.stop.signal.reason : error);
    }
  }

  /** The API refuses changes whose step begins with `at`, after `before` of them. */
  failAt(at: string, before = 0): void {
    this.#trouble = { at, before, begin: undefined };
  }

  /** The step is cancelled while a change is asked for whose step begins with `at`. */
  cancelAt(at: string): void {
    this.#trouble = { at, before: 0, begin: this.cancel };
  }

  readonly cancel = (): void => {
    this.stop.abort(new ActionError('cancelled', 'The step was cancelled.'));
  };

  /** A namespace stays when it is deleted, with this status. */
  keepNamespace(status: object = {}): void {
    const found = this.cluster.get(`${namespaces}/ns`);
    this.cluster.react = ({ method }) => {
      if (method === 'DELETE') this.cluster.put(namespaces, { ...found, status: { phase: 'Terminating', ...status } });
    };
  }

  /** The phases and how each ended. */
  phases(): readonly string[] {
    return this.context.journal.report.phases.map(({ name, status }) => `${name} ${status}`);
  }

  /** What the undo log still holds, without private files. */
  left(): readonly string[] {
    const kinds = this.context.undoLog.open().map(({ kind }) => kind);
    return kinds.filter(kind => kind !== 'file');
  }

  output(name: string): unknown {
    return this.outputs.values.get(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort(new Error('The test has ended.'));
    this.clock.stop();
    await this.cluster[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true });
  }

  /** Returns whether the step is to be refused. */
  #record(step: string): boolean {
    const open = this.left();
    const told = open.length === 0 ? step : `${step} (${open.join(', ')})`;
    this.steps.push(told);
    if (this.#trouble === undefined || !told.startsWith(this.#trouble.at)) return false;
    if (this.#trouble.before-- > 0) return false;
    this.#trouble.begin?.();
    return this.#trouble.begin === undefined;
  }
}

function isLockRenewal({ method, path }: Received): boolean {
  return method === 'PATCH' && path.includes('/leases/');
}

/** The collection and the name, such as `pods/migratorydata-0`. */
function shortened(path: string): string {
  return path.replace(/^\/(?:api\/v1|apis\/[^/]+\/[^/]+)\//, '').replace(/^namespaces\/ns\/(?=.)/, '');
}
