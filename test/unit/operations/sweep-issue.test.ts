import { describe, expect, it } from '@jest/globals';
import { Journal } from '../../../src/journal/journal.js';
import { reportLeftovers } from '../../../src/operations/sweep-issue.js';
import { GitHubRefusal } from '../../../src/runtime/github-refusal.js';
import type { Context } from '../../../src/step-context/context.js';
import { UndoLog } from '../../../src/step-context/undo-log.js';
import { fakePorts, type IssueCall, MemoryState, RecordingLog, ScriptedGitHub, someRun } from '../fakes.js';

const left = [{ what: 'cluster rg/aks, which expired', why: 'It is locked by s3cr3t-0001.', remedy: 'Unlock it.' }];
const scope = { subscriptionId: 'sub-1', repositories: ['other/team', 'acme/shop'] };

interface Bench {
  readonly context: Context;
  readonly github: ScriptedGitHub;
  readonly stop: AbortController;
  readonly notes: string[];
}

function makeBench(): Bench {
  const [github, log, stop] = [new ScriptedGitHub(), new RecordingLog(), new AbortController()];
  const ports = fakePorts({ github, log });
  const context: Context = {
    ports,
    journal: new Journal(ports.clock, log, 'sweep', 'check-0', someRun),
    undoLog: new UndoLog(new MemoryState()),
    azureClients: new Map(),
    timeoutMs: 60_000,
    signal: stop.signal,
    redact: text => text.replaceAll('s3cr3t-0001', '***'),
    hide: () => undefined,
  };
  return { context, github, stop, notes: [] };
}

const tell = ({ context, notes }: Bench, things = left, where = scope): Promise<void> =>
  reportLeftovers(context, where, 'token-0001', things, text => notes.push(text));

const bodyOf = (call: IssueCall | undefined): string => (call?.args[0] as { readonly body: string }).body;

describe('what a sweep tells of what is left', () => {
  it('opens an issue without secrets, and notes where it is', async () => {
    const bench = makeBench();
    await tell(bench);
    const [, opened] = bench.github.calls;
    expect([opened?.method, bench.github.tokens]).toEqual(['create', ['token-0001']]);
    expect(bodyOf(opened)).toContain('<!-- migratorydata-aks: sweep/sub-1/acme/shop/other/team -->\n');
    expect(bodyOf(opened)).toContain('It is locked by &#42;&#42;&#42;.');
    expect(bench.notes).toEqual([`The issue about leftovers was opened. ${bench.github.url}`]);
  });

  it.each([
    ['another subscription', { ...scope, subscriptionId: 'sub-2' }],
    ['fewer repositories', { ...scope, repositories: ['acme/shop'] }],
  ])('does not close the issue about %s', async (_, other) => {
    const bench = makeBench();
    await tell(bench);
    bench.github.pages = [[{ number: 12, body: bodyOf(bench.github.calls[1]), authorId: bench.github.ownId ?? 0 }]];
    await tell(bench, [], other);
    expect(bench.github.calls).toHaveLength(3);
    await tell(bench, [], { ...scope, repositories: [...scope.repositories].reverse() });
    expect(bench.github.calls.at(-1)).toMatchObject({ method: 'update', args: [12, { state: 'closed' }] });
  });

  it('is a warning of the report when GitHub refuses, and no failure', async () => {
    const bench = makeBench();
    bench.github.onCall = () => {
      throw new GitHubRefusal(403, 'Resource not accessible by s3cr3t-0001');
    };
    await tell(bench);
    expect(bench.context.journal.report.warnings).toEqual([
      'The issue about leftovers could not be written. GitHub answered 403 (Resource not accessible by ***): the job, or the token in github-token, needs `permissions: issues: write`.',
    ]);
  });

  it('ends with the step, without a warning', async () => {
    const bench = makeBench();
    bench.github.onCall = () => {
      bench.stop.abort(new Error('cancelled'));
    };
    await expect(tell(bench)).rejects.toThrow('cancelled');
    expect(bench.context.journal.report.warnings).toEqual([]);
  });
});
