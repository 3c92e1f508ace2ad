import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountForMessages } from '../../../src/chaos/measurement/message-accounting.js';
import { saveHistory } from '../../../src/operations/message-history-file.js';
import { diskFiles } from '../../../src/runtime/node-ports.js';
import type { Files } from '../../../src/runtime/ports.js';
import { acked, readingAt, someHistory } from '../chaos/measurement/some-history.js';
import { fakePorts } from '../fakes.js';
import { OperationBench } from './support.js';

describe('the history of messages beside the reports', () => {
  const history = someHistory({
    sent: [acked(0), acked(1)],
    readings: [readingAt(1_000, [0, 1]), readingAt(2_000, [1])],
  });

  async function save(files: Files, reportDirectory: string): Promise<readonly string[]> {
    await using bench = await OperationBench.start('chaos');
    const notes: string[] = [];
    const context = { ...bench.context, ports: fakePorts({ files }) };
    await saveHistory(context, { reportDirectory }, '1-drain', history, text => void notes.push(text));
    return notes;
  }

  it('is enough for the documented command to compute the counts again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'history-'));
    expect(await save(diskFiles, folder)).toEqual([]);
    const script = ['build/scripts/recount-messages.js', join(folder, 'messages-1-drain.jsonl.gz')];
    const counts = JSON.parse(execFileSync(process.execPath, script, { encoding: 'utf8' })) as object;
    rmSync(folder, { recursive: true });
    expect(counts).toMatchObject({ ...accountForMessages(history), acked: 2, unchecked: 1 });
  });

  it('does not fail the step when it cannot be written', async () => {
    const files = { ...diskFiles, writeBytes: () => Promise.reject(new Error('ENOSPC')) };
    expect(await save(files, '/reports')).toEqual([
      'The history of the messages could not be written to /reports/messages-1-drain.jsonl.gz: ENOSPC',
    ]);
  });
});
