import { describe, expect, it } from '@jest/globals';
import { ActionError } from '../../../src/errors/action-error.js';
import { Journal } from '../../../src/journal/journal.js';
import { ManualClock, RecordingLog, someRun } from '../fakes.js';

function makeJournal(): { journal: Journal; clock: ManualClock; log: RecordingLog } {
  const clock = new ManualClock();
  const log = new RecordingLog();
  return { journal: new Journal(clock, log, 'deploy', 'check-0', someRun), clock, log };
}

describe('the journal', () => {
  it('runs each phase in a log group with its title, and records the duration', async () => {
    const { journal, clock, log } = makeJournal();
    clock.advance(500);
    const result = await journal.phase('apply', 'Apply the manifests', note => {
      note('5 objects');
      clock.advance(1200);
      return Promise.resolve(42);
    });
    expect(result).toBe(42);
    expect(journal.report.phases).toMatchObject([
      { name: 'apply', startedMs: 500, ms: 1200, status: 'passed', notes: ['5 objects'] },
    ]);
    expect(log.lines).toEqual(['# Apply the manifests', '5 objects']);
  });

  it('numbers phases with the same name', async () => {
    const { journal } = makeJournal();
    const verify = (): Promise<void> => journal.phase('verify', 'Verify the deployment', () => Promise.resolve());
    await verify();
    await verify();
    expect(journal.report.phases).toMatchObject([
      { name: 'verify', title: 'Verify the deployment' },
      { name: 'verify-2', title: 'Verify the deployment (2)' },
    ]);
  });

  it('calls listeners when a phase starts, ends and fails', async () => {
    const { journal } = makeJournal();
    const seen: (string | undefined)[] = [];
    journal.onChange(() => {
      seen.push(journal.report.phases.at(-1)?.status);
      return Promise.resolve();
    });
    await journal.phase('a', 'A', () => Promise.resolve());
    await expect(journal.phase('b', 'B', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await journal.end('failure');
    expect(seen).toEqual(['running', 'passed', 'running', 'failed', 'failed']);
    expect(journal.report.outcome).toBe('failure');
  });

  it('assigns each failure to the latest failed phase without a failure', async () => {
    const { journal } = makeJournal();
    const failing = (name: string): Promise<void> =>
      journal.phase(name, name, () => Promise.reject(new ActionError('internal', name)));
    await failing('deploy').catch((error: unknown) => {
      journal.fail(error);
    });
    await failing('clean-up').catch((error: unknown) => {
      journal.fail(error);
    });
    journal.fail(new ActionError('cancelled', 'later'));
    expect(journal.report.errors.map(({ phase }) => phase)).toEqual(['deploy', 'clean-up', undefined]);
  });

  it('records an error without a phase before the first phase', () => {
    const { journal } = makeJournal();
    journal.fail(new ActionError('invalid-input', 'replicas "x" is not a number.'));
    expect(journal.report.errors[0]).not.toHaveProperty('phase');
  });
});
