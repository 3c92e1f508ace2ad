import { slowOperation } from '../lab/azure/faults.js';
import { createGate } from '../lab/azure/gate.js';
import { type Lab, startLab } from '../lab/lab.js';
import { type LostRunner, machineExperiment, startLostRunner } from '../lab/scenarios/support/lost-runner.js';
import { describeSpread, spreadOf } from './samples.js';

const rounds = 20;
/** A cancelled step has 7.5 seconds in total, and must also revert the rest and write its reports. */
const limitMs = 1_000;

/**
 * Cancels a step while Azure powers off a machine, and measures when Azure has accepted the request that starts the
 * machine again.
 */
export async function benchCancelPowerOff(print: (line: string) => void): Promise<void> {
  await using lab = await startLab({ progress: print });
  const runner = await startLostRunner(lab, 'rg-cancels', 'aks-cancels');
  const samples: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const ms = await cancelOnce(lab, runner);
    print(`cancel ${round}: the start was ${ms === undefined ? 'not accepted' : `accepted after ${ms} ms`}`);
    if (ms !== undefined) samples.push(ms);
  }
  print(describeSpread(spreadOf(samples)));
  const inTime = samples.filter(ms => ms <= limitMs).length;
  print(`${inTime} of ${rounds} within ${limitMs / 1000} s`);
  if (inTime < rounds) throw new Error('a cancelled step did not start its machine in time');
}

/** Returns the milliseconds from the signal to the response of Azure; undefined if the step did not start the machine. */
async function cancelOnce({ azure }: Lab, lost: LostRunner): Promise<number | undefined> {
  const gate = createGate();
  azure.inject(slowOperation({ gate }, { method: 'POST', path: /poweroff$/ }));
  const step = await lost.job.start(machineExperiment('power-off'));
  await Promise.race([gate.reached, step.ended.then(({ log }) => Promise.reject(new Error(log)))]);
  const before = azure.requests().length;
  const signalMs = Date.now();
  step.cancel();
  await step.ended;
  const start = azure
    .requests()
    .slice(before)
    .find(({ method, path, status }) => method === 'POST' && path.endsWith('/start') && status < 300);
  // The machine goes off only now, and the post phase reverts the rest.
  gate.open();
  const post = await step.post();
  const states = await lost.powers();
  if (post.code !== 0 || states.some(state => state !== 'running')) {
    throw new Error(`after the post phase the machines are ${states.join(', ')}:\n${post.log}`);
  }
  return start && start.at.getTime() + start.ms - signalMs;
}
