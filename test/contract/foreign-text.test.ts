import { beforeAll, describe, expect, it } from '@jest/globals';
import { obeyedCommands } from '../support/runner-commands.js';
import { corpus } from '../unit/foreign-text/corpus.js';
import { markdown, xml } from '../unit/foreign-text/readers.js';
import { type Job, type Main, startJob } from './support/job.js';

/** Texts of a pod, an event or a log that the runner would take for a workflow command. */
const hostile = [
  'Waiting\n\u0085::add-mask::x',
  '\u2028::stop-commands::t',
  '\r\n\u00a0::save-state name=ledger::[]',
  '##[error]boom ##[set-env name=PATH]/tmp',
  '#\u200d#[add-path]/tmp',
  '\ufeff:\u200b:set-output name=outcome::success',
].join('\n');

/** Deploys, where a pod, its events and its log say this. */
async function deployWith(job: Job, text: string): Promise<Main> {
  job.kubernetes.behaviour.podFault = () => ({ waiting: { reason: text, message: text } });
  job.kubernetes.behaviour.log = () => text;
  job.kubernetes.put({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'said', namespace: 'migratory' },
    involvedObject: { kind: 'Pod', name: 'migratorydata-0', namespace: 'migratory' },
    reason: text,
    message: text,
    type: 'Warning',
    count: 1,
  });
  return job.run({ ...job.onKubeconfig, operation: 'deploy', 'verify-timeout': '1s' });
}

/** How many notes there are depends on time. */
function withoutNotes(summary: string): string {
  return summary.replace(/<details><summary>What each phase did[\s\S]*?<\/details>/, '');
}

describe('text of the cluster', () => {
  it('is never executed by the runner, in a pod, its events and its log', async () => {
    await using job = await startJob();
    const main = await deployWith(job, hostile);

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

  let plain: Main;
  beforeAll(async () => {
    await using job = await startJob();
    plain = await deployWith(job, 'quokka');
  });

  it.each(Object.entries(corpus))('is no more than text in the summary and the reports: %s', async (_, texts) => {
    await using job = await startJob();
    const main = await deployWith(job, texts.join('\n'));
    expect(main.outputs).toMatchObject({ outcome: 'failure', 'error-code': 'rollout-timeout' });
    expect(Object.keys(main.outputs)).toEqual(Object.keys(plain.outputs));
    expect(xml(main.junit, plain.junit)).toEqual([]);
    expect(markdown(withoutNotes(main.summary), withoutNotes(plain.summary))).toEqual([]);
  });
});
