import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ActionError } from './errors/action-error.js';
import { parseActionFile } from './inputs/action-file.js';
import { runMain } from './main.js';
import { runPost } from './post.js';
import { createGitHub } from './runtime/actions-github.js';
import { actionsLog, actionsState, createIdentity, createOutputs } from './runtime/actions-ports.js';
import { createExecRunner } from './runtime/exec-runner.js';
import { socketNetwork } from './runtime/node-network.js';
import { diskFiles, readRunFacts, systemClock } from './runtime/node-ports.js';
import type { Ports } from './runtime/ports.js';

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
  state: actionsState,
  identity: createIdentity(environment),
  network: socketNetwork,
  github: createGitHub(run),
  run,
};

/** One bundle serves both phases: the main phase leaves a mark in the state that only its own post phase sees. */
const phaseKey = 'phase';

async function main(): Promise<void> {
  ports.state.save(phaseKey, 'post');
  const [stop, cancel] = [new AbortController(), new AbortController()];
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (cancel.signal.aborted) return;
      cancel.abort(new ActionError('cancelled', `The run was cancelled (${name}).`));
      stop.abort(cancel.signal.reason);
      setTimeout(() => process.exit(1), lastMomentMs).unref();
    });
  }
  const entry = process.argv[1] ?? '';
  const actionFile = parseActionFile(readFileSync(join(dirname(entry), '..', 'action.yml'), 'utf8'));
  process.exitCode = await runMain({ ports, environment, actionFile, stop, cancelled: cancel.signal });
}

try {
  await (ports.state.read(phaseKey) === '' ? main() : runPost(ports, environment));
} catch (error) {
  ports.log.error(error instanceof Error ? (error.stack ?? error.message) : String(error), 'internal');
  process.exitCode = 1;
}
// Sockets and children that are still about must not keep the step alive.
process.exit();
