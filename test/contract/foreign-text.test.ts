import { describe, expect, it } from '@jest/globals';
import { obeyedCommands } from '../support/runner-commands.js';
import { startJob } from './support/job.js';

/** Texts of a pod, an event or a log that the runner would take for a workflow command. */
const hostile = [
  'Waiting\n\u0085::add-mask::x',
  '\u2028::stop-commands::t',
  '\r\n\u00a0::save-state name=ledger::[]',
  '##[error]boom ##[set-env name=PATH]/tmp',
  '#\u200d#[add-path]/tmp',
  '\ufeff:\u200b:set-output name=outcome::success',
].join('\n');

describe('text of the cluster in the job log', () => {
  it('is never executed by the runner, in a pod, its events and its log', async () => {
    await using job = await startJob();
    job.kubernetes.behaviour.podFault = () => ({ waiting: { reason: hostile, message: hostile } });
    job.kubernetes.behaviour.log = () => hostile;
    job.kubernetes.put({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'said', namespace: 'migratory' },
      involvedObject: { kind: 'Pod', name: 'migratorydata-0', namespace: 'migratory' },
      reason: hostile,
      message: hostile,
      type: 'Warning',
      count: 1,
    });
    const main = await job.run({ ...job.onKubeconfig, operation: 'deploy', 'verify-timeout': '1s' });

    expect(main.outputs).toMatchObject({ outcome: 'failure', 'error-code': 'rollout-timeout' });
    expect(main.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
    // It was shown, as text.
    expect(main.log).toContain('Waiting ::add-mask::x');
    // Only the step itself masks, groups and annotates, each annotation once.
    const obeyed = obeyedCommands(`${main.stdout}\n${main.stderr}`);
    const others = obeyed.filter(command => !['add-mask', 'group', 'endgroup'].includes(command));
    expect(others).toEqual(main.annotations.map(({ level }) => level));
    expect(main.masks).not.toContain('x');
    expect(main.stdout).not.toMatch(/[\u0085\u2028\u2029\u200b-\u200f\ufeff]|\r/);
  });
});
