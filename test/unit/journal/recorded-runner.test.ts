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
  ])('shows %j as a line that a shell takes for the same words', (argv, line) => {
    expect(commandLine({ tool: 'az', argv })).toBe(line);
  });
});

describe('recordCommands', () => {
  const log = new RecordingLog();
  const journal = new Journal(new ManualClock(), log, 'create', 'check-0', someRun);
  const runner = new ScriptedRunner().on('account show', { code: 1 });
  const recorded = recordCommands(runner, journal, log, text => text.replaceAll('hush', '***'));

  it('shows and enters what was run and how it ended, secrets hidden', async () => {
    await recorded.run({ tool: 'az', argv: ['account', 'show', 'hush'], why: 'look' }, never);
    expect(log.lines).toContain('[command]az account show ***');
    expect(journal.report.commands).toMatchObject([{ argv: ['account', 'show', '***'], code: 1, why: 'look' }]);
  });

  it('neither shows nor enters what is not started after a cancel', async () => {
    const shown = [...log.lines];
    const entered = journal.report.commands.length;
    const command = { tool: 'az', argv: ['group', 'show'], why: 'look' } as const;
    await expect(recorded.run(command, AbortSignal.abort(new Error('cancelled')))).rejects.toThrow('cancelled');
    expect([log.lines, journal.report.commands.length]).toEqual([shown, entered]);
  });

  it('enters what did not end by itself', async () => {
    await expect(recorded.run({ tool: 'az', argv: ['unscripted'], why: 'look' }, never)).rejects.toThrow('unscripted');
    expect(journal.report.commands.at(-1)).toMatchObject({ argv: ['unscripted'], code: -1 });
  });
});
