import { describe, expect, it } from '@jest/globals';
import { ActionError } from '../../../src/errors/action-error.js';
import { Journal } from '../../../src/journal/journal.js';
import { createRedactor } from '../../../src/journal/redaction.js';
import { attachReports, coalesce } from '../../../src/report/writer.js';
import { fakePorts, ManualClock, MemoryFiles, RecordingLog, RecordingOutputs, someRun } from '../fakes.js';

const directory = '/tmp/runner/reports';
const secret = 'correct-horse-battery';

function setUp(files = new MemoryFiles()) {
  const log = new RecordingLog();
  const outputs = new RecordingOutputs();
  const journal = new Journal(new ManualClock(), log, 'deploy', 'check-0', someRun);
  const attach = (summary = true): Promise<void> =>
    attachReports(journal, fakePorts({ files, outputs, log }), {
      directory,
      summary,
      redact: createRedactor([secret]),
    });
  return { files, log, outputs, journal, attach };
}

describe('attachReports', () => {
  it('writes reports immediately, and sets the outputs with their paths', async () => {
    const { files, outputs, attach } = setUp();
    await attach();
    expect(Object.fromEntries(outputs.values)).toEqual({
      'report-directory': directory,
      'report-json': `${directory}/report.json`,
      'report-junit': `${directory}/report.xml`,
    });
    expect([...files.texts.keys()].sort()).toEqual([`${directory}/report.json`, `${directory}/report.xml`]);
    expect(outputs.markdown).toContain('deploy has been running');
  });

  it('writes the running phase while its body runs', async () => {
    const { files, outputs, journal, attach } = setUp();
    await attach();
    await journal.phase('apply', 'Apply', () => {
      expect(files.texts.get(`${directory}/report.json`)).toContain('"status": "running"');
      expect(outputs.markdown).toContain('| Apply | running |');
      return Promise.resolve();
    });
    expect(files.texts.get(`${directory}/report.json`)).toContain('"status": "passed"');
  });

  it('writes the outcome to all reports', async () => {
    const { files, outputs, journal, attach } = setUp();
    await attach();
    journal.fail(new ActionError('invalid-input', 'replicas is 0.'));
    await journal.end('failure');
    expect(files.texts.get(`${directory}/report.json`)).toContain('"outcome": "failure"');
    expect(files.texts.get(`${directory}/report.xml`)).toContain('type="invalid-input"');
    expect(outputs.markdown).toContain('deploy failed after');
  });

  it('writes no summary when it is turned off', async () => {
    const { outputs, journal, attach } = setUp();
    await attach(false);
    await journal.end('success');
    expect(outputs.markdown).toBe('');
  });

  it('redacts secrets in all reports and all forms, but not in the journal', async () => {
    const { files, outputs, journal, attach } = setUp();
    const encoded = Buffer.from(secret).toString('base64');
    await attach();
    journal.fact('Token', secret);
    journal.warn(`saw ${secret}`);
    journal.command({ tool: 'az', argv: ['--set', secret], why: secret, startedMs: 0, ms: 1, code: 0 });
    journal.fail(new ActionError('crash-loop', secret, { hint: secret, evidence: `log: ${encoded}` }));
    await journal.end('failure');
    for (const text of [...files.texts.values(), outputs.markdown]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(encoded);
    }
    expect(files.texts.get(`${directory}/report.json`)).toContain('log: ***');
    expect(journal.report.facts['Token']).toBe(secret);
  });

  it('warns once when a report cannot be written, and does not hide the result of the phase', async () => {
    const files = new MemoryFiles();
    files.writeText = () => Promise.reject(new Error('ENOSPC'));
    const { log, journal, attach } = setUp(files);
    await attach();
    await expect(journal.phase('a', 'A', () => Promise.reject(new Error('the cause')))).rejects.toThrow('the cause');
    expect(log.lines.filter(line => line.includes('ENOSPC'))).toEqual([
      `warning: The reports in ${directory} are incomplete: ENOSPC`,
    ]);
  });
});

describe('coalesce', () => {
  it('never runs a job twice at the same time, and shares the next run among all callers', async () => {
    const starts: (() => void)[] = [];
    let atOnce = 0;
    const write = coalesce(async () => {
      atOnce += 1;
      expect(atOnce).toBe(1);
      await new Promise<void>(resolve => starts.push(resolve));
      atOnce -= 1;
    });
    const first = write();
    await Promise.resolve();
    const others = [write(), write(), write()];
    expect(starts).toHaveLength(1);
    starts[0]?.();
    await first;
    await new Promise(resolve => setImmediate(resolve));
    expect(starts).toHaveLength(2);
    starts[1]?.();
    await Promise.all(others);
    expect(starts).toHaveLength(2);
  });

  it('continues after a failed run', async () => {
    let runs = 0;
    const write = coalesce(() => {
      runs += 1;
      return runs === 1 ? Promise.reject(new Error('once')) : Promise.resolve();
    });
    await expect(write()).rejects.toThrow('once');
    await write();
    expect(runs).toBe(2);
  });
});
