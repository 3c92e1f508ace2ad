import { describe, expect, it } from '@jest/globals';
import { Journal } from '../../../src/journal/journal.js';
import { recordCommands } from '../../../src/journal/recorded-runner.js';
import { commandLine } from '../../../src/runtime/command-line.js';
import { ManualClock, RecordingLog, ScriptedRunner, someRun } from '../fakes.js';

const never = new AbortController().signal;

describe('commandLine', () => {
  it.each([
    [['group', 'show', '--name', 'rg-1'], 'az group show --name rg-1'],
    [['a b', '$(HOME)', "it's", ''], `az 'a b' '$(HOME)' 'it'\\''s' ''`],
    [['--if-none-match', '*'], `az --if-none-match '*'`],
  ])('formats %j as a line that a shell splits into the same arguments', (argv, line) => {
    expect(commandLine({ tool: 'az', argv })).toBe(line);
  });
});

describe('recordCommands', () => {
  const log = new RecordingLog();
  const journal = new Journal(new ManualClock(), log, 'create', 'check-0', someRun);
  const runner = new ScriptedRunner().on('account show', { code: 1 });
  const recorded = recordCommands(runner, journal, log, text => text.replaceAll('hush', '***'));

  it('logs and records a command and its exit code, with secrets redacted', async () => {
    await recorded.run({ tool: 'az', argv: ['account', 'show', 'hush'], why: 'look' }, never);
    expect(log.lines).toContain('[command]az account show ***');
    expect(journal.report.commands).toMatchObject([{ argv: ['account', 'show', '***'], code: 1, why: 'look' }]);
  });

  it('neither logs nor records a command that is not started after a cancellation', async () => {
    const shown = [...log.lines];
    const entered = journal.report.commands.length;
    const command = { tool: 'az', argv: ['group', 'show'], why: 'look' } as const;
    await expect(recorded.run(command, AbortSignal.abort(new Error('cancelled')))).rejects.toThrow('cancelled');
    expect([log.lines, journal.report.commands.length]).toEqual([shown, entered]);
  });

  it('records a command that did not exit by itself', async () => {
    await expect(recorded.run({ tool: 'az', argv: ['unscripted'], why: 'look' }, never)).rejects.toThrow('unscripted');
    expect(journal.report.commands.at(-1)).toMatchObject({ argv: ['unscripted'], code: -1 });
  });
});
