import type { Inputs, Job, RunningMain, Step } from './job.js';

/** Starts a step. Resolves when its log contains a text. */
export async function startUntil(
  job: Job,
  inputs: Inputs,
  text: string,
  step: Omit<Step, 'inputs' | 'onOutput'> = {},
): Promise<RunningMain> {
  let shown = '';
  return new Promise((resolve, reject) => {
    const running = job.start({
      ...step,
      inputs,
      onOutput: piece => {
        shown += piece;
        if (shown.includes(text)) resolve(running);
      },
    });
    running
      .then(({ ended }) => ended)
      .then(({ log }) => {
        reject(new Error(`it ended without "${text}":\n${log}`));
      }, reject);
  });
}
