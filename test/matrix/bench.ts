import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AzureClient, createAzure } from '../../src/azure/arm/client.js';
import { existingLogin, ownLogin } from '../../src/azure/cli/login.js';
import { createHttps } from '../../src/runtime/node-https.js';
import type { Https } from '../../src/runtime/ports.js';
import { type BookkeepingHost, createBookkeepingHost } from '../lab/azure/bookkeeping-host.js';
import { type AzureStandIn, startAzureStandIn } from '../lab/azure/stand-in.js';
import { FixedIdentity, MemoryFiles, RecordingLog, someRun } from '../unit/fakes.js';
import { JumpingClock } from '../unit/jumping-clock.js';
import { type CallRecorder, createCallRecorder } from './calls.js';
import { createPlainAz } from './plain-az.js';

/** A client with a clock, a login and a recorder of its own. */
export interface Attempt {
  readonly azure: AzureClient;
  readonly clock: JumpingClock;
  readonly log: RecordingLog;
  readonly recorder: CallRecorder;
}

/** The stand-in, and what its machines were told to do. */
export interface Bench {
  readonly azure: AzureStandIn;
  /** The calls of the host since the last `clear`, such as `stopInstance 0`. */
  readonly effects: string[];
  /** Opens a client of the action, with the action's own login or with that of an earlier step. */
  open(login: 'own' | 'earlier'): Promise<Attempt>;
  /** Removes everything from the subscription. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** How long operations take, in milliseconds: longer than the response to the request that starts them. */
const operationMs = 3;

/** Time passes while no request is on its way; its date is the real one. */
class BenchClock extends JumpingClock {
  readonly #startedAt = Date.now();
  override date(): Date {
    return new Date(this.#startedAt + this.nowMs);
  }
}

/** Starts the stand-in without Kubernetes and without az. While it runs, HTTPS_PROXY of this process leads to it. */
export async function startBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'matrix-'));
  const effects: string[] = [];
  const azure = await startAzureStandIn({ folder, host: recordEffects(createBookkeepingHost(), effects) });
  azure.tune({
    lroMs: operationMs,
    pollAfterMs: undefined,
    accessTokenTtlMs: 24 * 3_600_000,
    regionalVcpuLimit: 1000,
    familyVcpuLimit: 1000,
  });
  const former = { HTTPS_PROXY: process.env['HTTPS_PROXY'], https_proxy: process.env['https_proxy'] };
  for (const name of Object.keys(former)) process.env[name] = azure.env['HTTPS_PROXY'];
  const https = createHttps(azure.env);
  return {
    azure,
    effects,
    async open(login) {
      const recorder = createCallRecorder();
      let underWay = 0;
      let traffic = 0;
      const counted: Https = {
        async send(request, signal) {
          const answered = recorder.begin(request);
          underWay += 1;
          try {
            const response = await https.send(request, signal);
            answered(response);
            return response;
          } finally {
            underWay -= 1;
          }
        },
      };
      const clock = new BenchClock(() => (traffic += underWay));
      const runner = createPlainAz(azure, counted, clock);
      const [log, files, identity] = [new RecordingLog(), new MemoryFiles(), new FixedIdentity()];
      const journal = { call: () => undefined, elapsed: () => clock.now() };
      const hide = (secret: string): void => {
        log.mask(secret);
      };
      const ports = { runner, https: counted, clock, log, files, run: someRun, journal, identity, hide };
      const { clientId, tenantId } = azure;
      const session = login === 'own' ? ownLogin(ports, { clientId, tenantId }, '/login') : existingLogin();
      await runner.logIn();
      return { azure: createAzure(ports, session, new AbortController().signal, () => 0), clock, log, recorder };
    },
    async clear() {
      await azure.clear();
      effects.length = 0;
    },
    async stop() {
      await azure.stop();
      for (const [name, value] of Object.entries(former)) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Returns the host that also records what it does to machines. */
function recordEffects(host: BookkeepingHost, effects: string[]): BookkeepingHost {
  const note = (what: string, id: number): void => void effects.push(`${what} ${id}`);
  return {
    ...host,
    stopInstance(cluster, scaleSet, id) {
      note('stopInstance', id);
      return host.stopInstance(cluster, scaleSet, id);
    },
    startInstance(cluster, scaleSet, id) {
      note('startInstance', id);
      return host.startInstance(cluster, scaleSet, id);
    },
    runScript(cluster, scaleSet, id, script) {
      note(script.endsWith('systemctl stop kubelet') ? 'stopKubelet' : 'startKubelet', id);
      return host.runScript(cluster, scaleSet, id, script);
    },
  };
}
