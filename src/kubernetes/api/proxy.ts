import { tmpdir } from 'node:os';
import { ActionError } from '../../errors/action-error.js';
import type { Clock, Command, Ports, RunningProcess } from '../../runtime/ports.js';
import { toOneLine, withoutPeriod } from '../../runtime/text.js';

/** The cluster and the credentials to use. */
export interface ClusterAccess {
  /** The path of the kubeconfig file. */
  readonly kubeconfig: string;
  /** Empty for the current context of the file. */
  readonly context: string;
}

/** A running `kubectl proxy`: the Kubernetes API on a private unix socket. */
export interface Proxy {
  readonly socketPath: string;
  /** Ends the process and removes the folder of the socket. Safe to call twice. */
  stop(): Promise<void>;
}

/** kubectl listens within 0.1 s on an idle machine; a busy runner needs more time. */
const startTimeoutMs = 20_000;
const retryMs = 10;
/** `sun_path` has 108 bytes including the terminating zero, see unix(7); a longer path cannot be bound. */
const maxSocketPathBytes = 107;

/**
 * Starts one `kubectl proxy` on a unix socket that only this user can access. kubectl handles authentication with
 * certificates and credential plugins, and their renewal.
 * @throws ActionError `tool-missing`, `tool-too-old`, `kubeconfig-invalid` or `command-failed` when kubectl exits,
 * `command-timeout` when it does not listen in time; the signal's reason when it aborts.
 */
export async function openProxy(
  ports: Pick<Ports, 'runner' | 'clock' | 'files' | 'run'>,
  access: ClusterAccess,
  signal: AbortSignal,
): Promise<Proxy> {
  signal.throwIfAborted();
  const folder = socketFolder(ports.run.tempFolder);
  const socketPath = `${folder}/k8s.sock`;
  await ports.files.makeFolder(folder, 0o700);
  const attempt = new AbortController();
  const process = ports.runner.start(proxyCommand(socketPath, access));
  const stop = async (): Promise<void> => {
    await process.stop();
    await ports.files.remove(folder);
  };
  try {
    const waiting = AbortSignal.any([signal, attempt.signal]);
    await Promise.race([waitForSocket(socketPath, ports.clock, waiting), failWhenEnded(process, access)]);
    return { socketPath, stop };
  } catch (error) {
    attempt.abort(error);
    await stop();
    throw error;
  }
}

/**
 * Returns the command of the proxy. By default, kubectl proxy does not serve the paths for exec and attach. Without
 * HTTP/2, one connection that no longer responds does not stop all requests, such as the renewal of the lock
 * (kubernetes/client-go issue 374; `SetTransportDefaults` in k8s.io/apimachinery reads the variable). A gateway to many
 * clusters has a path in the address of each, which kubectl ignores by default (kubernetes/kubernetes issue 94280).
 */
export function proxyCommand(socketPath: string, access: ClusterAccess): Command {
  const context = access.context === '' ? [] : [`--context=${access.context}`];
  const kubeconfig = `--kubeconfig=${access.kubeconfig}`;
  const argv = ['proxy', `--unix-socket=${socketPath}`, '--append-server-path', kubeconfig, ...context];
  return { tool: 'kubectl', argv, env: { DISABLE_HTTP2: '1' }, why: 'reach the Kubernetes API' };
}

/** Returns a new folder in the folder of the runner, or in that of the system if the path would be too long to bind. */
function socketFolder(tempFolder: string): string {
  const name = `k8s-${crypto.randomUUID()}`;
  const preferred = `${tempFolder}/${name}`;
  return Buffer.byteLength(`${preferred}/k8s.sock`) <= maxSocketPathBytes ? preferred : `${tmpdir()}/${name}`;
}

/** Returns the error for a kubectl that exits before it listens. */
export function startError(stderr: string, access: ClusterAccess): ActionError {
  const reason =
    stderr
      .trim()
      .split('\n')
      .at(0)
      ?.replace(/^error: /, '') ?? '';
  if (/unknown flag|unknown command/.test(stderr)) {
    return new ActionError('tool-too-old', `kubectl cannot serve the API on a unix socket: ${reason}.`, {
      hint: 'Install kubectl 1.27 or newer.',
      evidence: stderr,
    });
  }
  // Until it listens, kubectl reads the kubeconfig and nothing else.
  if (/^(?:error: (?!listen )|Error in configuration:|Unable to connect to the server:)/m.test(stderr)) {
    const context = access.context === '' ? '' : `, context "${access.context}"`;
    // kubectl has asked for a user name, and got no answer.
    const found = reason === 'EOF' ? 'it has no credentials for its cluster' : withoutPeriod(toOneLine(stderr));
    const message = `The kubeconfig ${access.kubeconfig}${context} cannot be used: ${found.replace(/^error: /, '')}.`;
    return new ActionError('kubeconfig-invalid', message, { evidence: stderr });
  }
  return new ActionError('command-failed', `kubectl proxy exited immediately: ${reason || 'it printed no reason'}.`, {
    evidence: stderr,
  });
}

async function failWhenEnded(process: RunningProcess, access: ClusterAccess): Promise<never> {
  const { stderr } = await process.exited;
  throw startError(stderr, access);
}

async function waitForSocket(socketPath: string, clock: Clock, signal: AbortSignal): Promise<void> {
  const deadlineMs = clock.now() + startTimeoutMs;
  // The file exists as soon as the socket is bound, before it listens: only a connection proves that it is ready.
  while (!(await accepts(socketPath))) {
    if (clock.now() > deadlineMs) {
      const seconds = startTimeoutMs / 1000;
      throw new ActionError('command-timeout', `kubectl proxy did not listen on its socket within ${seconds} s.`);
    }
    await clock.sleep(retryMs, signal);
  }
}

function accepts(socketPath: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = process.getBuiltinModule('node:net').connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
