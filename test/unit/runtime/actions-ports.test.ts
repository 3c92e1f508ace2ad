import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { actionsLog } from '../../../src/runtime/actions-ports.js';
import { createPlainStep } from '../../../src/runtime/plain-step.js';
import { obeyedCommands } from '../../support/runner-commands.js';
import { capturePrinted } from '../printed.js';

/** Texts made of characters that the runner looks for, of white space and invisible characters, and of any others. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '::',
        ':',
        '##[',
        '#',
        '[',
        ']',
        'add-mask',
        'stop-commands',
        'error',
        'set-env name=PATH',
        '%0A',
      ),
      fc.constantFrom('\n', '\r', '\u0085', '\u2028', '\u2029', '\v', '\f', '\u00a0', '\u180e', '\u3000', ' ', '\t'),
      fc.constantFrom(
        '\u200b',
        '\u200d',
        '\ufeff',
        '\u00ad',
        '\u202e',
        '\u034f',
        '\ufe0f',
        '\0',
        '\u009b',
        '\u001b[1m',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 12 },
  )
  .map(parts => parts.join(''));

const unprintable = /[^\P{C}\p{Co}\p{Cn}\t\n]|\p{Default_Ignorable_Code_Point}|(?! )[\p{Z}]/u;

describe('the job log', () => {
  const printed = capturePrinted();
  const printedBy = (write: () => unknown): string => {
    printed.text = '';
    write();
    return printed.text;
  };

  it.each([
    ['::save-state name=ledger::[]', ': :save-state name=ledger::[]'],
    ['waiting: x\n\u0085::add-mask::a', 'waiting: x ::add-mask::a'],
    ['\u0085::add-mask::a', ': :add-mask::a'],
    ['\u2028::stop-commands::t', ': :stop-commands::t'],
    ['\ufeff:\u200b:error::x', ': :error::x'],
    ['seen ##[set-env name=PATH]/tmp', 'seen ## [set-env name=PATH]/tmp'],
    ['seen #\u200d#\u00ad[error]x', 'seen ## [error]x'],
    ['node aks::1 is Ready, RFC3339::fine', 'node aks::1 is Ready, RFC3339::fine'],
    ['Zürich 東京 😀 naïve', 'Zürich 東京 😀 naïve'],
    ['a\u0007b\u001b[31mred\u001b[0m', 'a\\x07bred'],
  ])('shows %j as text', (text, shown) => {
    expect(
      printedBy(() => {
        actionsLog.info(text);
      }),
    ).toBe(`${shown}\n`);
  });

  it('writes each text as one printable line that is not a workflow command', () => {
    fc.assert(
      fc.property(hostile, text => {
        const output = printedBy(() => {
          actionsLog.info(text);
        });
        expect(obeyedCommands(output)).toEqual([]);
        expect(output.split('\n')).toHaveLength(2);
        expect(output).not.toMatch(unprintable);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [
      'warning',
      (text: string) => {
        actionsLog.warning(text, text);
      },
    ],
    [
      'error',
      (text: string) => {
        actionsLog.error(text, text);
      },
    ],
    [
      'debug',
      (text: string) => {
        actionsLog.debug(text);
      },
    ],
    [
      'error',
      (text: string) => {
        createPlainStep({}).error(text, text);
      },
    ],
  ])('writes any text as one %s and nothing else', (command, write) => {
    fc.assert(
      fc.property(hostile, text => {
        const output = printedBy(() => {
          write(text);
        });
        expect(obeyedCommands(output)).toEqual([command]);
        expect(output).not.toMatch(unprintable);
      }),
      { numRuns: 1_000 },
    );
  });

  it('writes any title as one group', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async title => {
        printed.text = '';
        await actionsLog.group(title, () => Promise.resolve());
        expect(obeyedCommands(printed.text)).toEqual(['group', 'endgroup']);
        expect(printed.text).not.toMatch(unprintable);
      }),
    );
  });

  it('keeps the line breaks of an annotation', () => {
    const output = printedBy(() => {
      actionsLog.error('first\r\nsecond\u2028third', 'title');
    });
    expect(output).toBe('::error title=title::first%0Asecond%0Athird\n');
  });
});
