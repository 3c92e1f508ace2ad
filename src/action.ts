import { ActionError } from './errors/action-error.js';
import { runMain } from './main.js';
import { runPost } from './post.js';
import { createGitHub } from './runtime/actions-github.js';
import { actionsLog, createIdentity, createOutputs, createState } from './runtime/actions-ports.js';
import { createExecRunner } from './runtime/exec-runner.js';
import { createHttps } from './runtime/node-https.js';
import { createSocketNetwork } from './runtime/node-network.js';
import { diskFiles, readRunFacts, systemClock } from './runtime/node-ports.js';
import type { Ports } from './runtime/ports.js';
import { onAbort } from './runtime/time.js';

/** The runner kills a cancelled step 7.5 s after SIGINT and 2.5 s after SIGTERM; by then the report must be written. */
const lastMomentMs = 6_500;

const environment = process.env;
const run = readRunFacts(environment);
const ports: Ports = {
  runner: createExecRunner(environment),
  clock: systemClock,
  files: diskFiles,
  log: actionsLog,
  outputs: createOutputs(environment),
  state: createState(environment),
  identity: createIdentity(environment),
  network: createSocketNetwork(),
  https: createHttps(environment),
  github: createGitHub(run),
  run,
};

/** One program serves both phases: the main phase leaves a mark in the state that only its own post phase sees. */
const phaseKey = 'phase';

/** Runs the phase of the step. `signalled` aborts with the name of the signal with which the runner cancels the step. */
export async function runAction(signalled: AbortSignal): Promise<never> {
  try {
    await (ports.state.read(phaseKey) === '' ? main(signalled) : runPost(ports, environment));
  } catch (error) {
    ports.log.error(error instanceof Error ? (error.stack ?? error.message) : String(error), 'internal');
    process.exitCode = 1;
  }
  // Open sockets and running children must not keep the step alive.
  process.exit();
}

async function main(signalled: AbortSignal): Promise<void> {
  ports.state.save(phaseKey, 'post');
  const [stop, cancel] = [new AbortController(), new AbortController()];
  onAbort(signalled, () => {
    cancel.abort(new ActionError('cancelled', `The run was cancelled (${String(signalled.reason)}).`));
    stop.abort(cancel.signal.reason);
    setTimeout(() => process.exit(1), lastMomentMs).unref();
  });
  process.exitCode = await runMain({ ports, environment, stop, cancelled: cancel.signal });
}
