import { resolve } from 'node:path';
import { azureInputs, labRunner } from './act.js';
import { runCommand } from './command.js';
import type { Lab } from './lab.js';

/** The reports outlive the lab here. */
const reports = resolve('reports', 'demo');

/**
 * Runs the full tutorial without an account: operation e2e of the built action, as a runner starts it, against the lab.
 * Only the hold of the drain and the steady time around it are shorter than by default, the availability, which takes two
 * minutes, is not measured, and it waits until the deletion has ended.
 */
async function demonstrate(lab: Lab, given: Readonly<Record<string, string>>): Promise<void> {
  const print = (text: string): void => {
    process.stdout.write(text);
  };
  const runner = await labRunner(lab);
  const inputs = {
    ...azureInputs(lab),
    'report-directory': reports,
    hold: '5s',
    steady: '5s',
    'min-availability': '0',
    'wait-for-deletion': 'true',
    ...given,
  };
  const { main, post } = await runner.run({ inputs, onOutput: print });
  console.log(`\n${'='.repeat(78)}\nThe job summary:\n\n${main.summary}`);
  await lab.azure.idle();
  const { groups, clusters } = lab.azure.resources();
  const left = [...groups, ...clusters].map(({ name }) => name);
  console.log(`Left in the subscription: ${left.length === 0 ? 'nothing' : left.join(', ')}`);
  console.log(`Hosts that were refused: ${lab.azure.refused().length}`);
  console.log(`Reports: ${reports}`);
  const good = main.code === 0 && post.code === 0 && left.length === 0 && lab.azure.refused().length === 0;
  console.log(good ? 'The demo ended well.' : 'The demo did not end well.');
  process.exitCode = good ? 0 : 1;
}

await runCommand(demonstrate);
