import { describe, expect, it } from '@jest/globals';
import { Journal } from '../../../src/journal/journal.js';
import { recordCommands } from '../../../src/journal/recorded-runner.js';
import { commandLine } from '../../../src/runtime/command-line.js';
import { ManualClock, RecordingLog, ScriptedRunner, someRun } from '../fakes.js';

const proxy = { tool: 'kubectl', argv: ['proxy'], why: 'reach the API' } as const;
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

  it('logs what a running program says at once, each line once, and nothing of the log of kubectl', () => {
    const said = [
      'To sign in, enter the code ABCD.',
      'E1127 18:23:43.245473   18828 proxy_server.go:147] Error while proxying request: getting credentials: no',
      'Error: the token hush has expired',
      'Error: the token hush has expired',
      '  ',
    ];
    const talking = new ScriptedRunner();
    talking.start = (_, onLine) => {
      for (const line of said) onLine?.(line);
      return { exited: new Promise(() => undefined), stop: () => Promise.resolve() };
    };
    const own = new RecordingLog();
    recordCommands(talking, journal, own, text => text.replaceAll('hush', '***')).start(proxy);
    expect(own.lines).toEqual([
      '[command]kubectl proxy',
      'kubectl: To sign in, enter the code ABCD.',
      'kubectl: Error: the token *** has expired',
    ]);
  });

  it('logs only so many lines of a program that does not stop talking', () => {
    const talking = new ScriptedRunner();
    talking.start = (_, onLine) => {
      for (let count = 0; count < 1000; count += 1) onLine?.(`line ${count}`);
      return { exited: new Promise(() => undefined), stop: () => Promise.resolve() };
    };
    const own = new RecordingLog();
    recordCommands(talking, journal, own, text => text).start(proxy);
    expect(own.lines).toHaveLength(101);
  });

  it('records a command that did not exit by itself', async () => {
    await expect(recorded.run({ tool: 'az', argv: ['unscripted'], why: 'look' }, never)).rejects.toThrow('unscripted');
    expect(journal.report.commands.at(-1)).toMatchObject({ argv: ['unscripted'], code: -1 });
  });
});
