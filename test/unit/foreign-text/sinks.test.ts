import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actionsLog, createOutputs, createState } from '../../../src/runtime/actions-ports.js';
import { createPlainStep } from '../../../src/runtime/plain-step.js';
import type { Log } from '../../../src/runtime/ports.js';
import { readValues } from '../../support/commands.js';
import { capturePrinted } from '../printed.js';
import { everyText } from './corpus.js';
import { logReader } from './rows.js';

const printed = capturePrinted();

const folder = mkdtempSync(join(tmpdir(), 'sinks-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What is printed for a text. */
async function printedBy(write: (text: string) => unknown, text: string): Promise<string> {
  printed.text = '';
  await write(text);
  return printed.text;
}

/** Every method of the log; `mask` takes secrets, which must stay as they are. */
const written: Readonly<Record<Exclude<keyof Log, 'mask'>, (text: string) => unknown>> = {
  info: text => {
    actionsLog.info(text);
  },
  debug: text => {
    actionsLog.debug(text);
  },
  warning: text => {
    actionsLog.warning(text, text);
  },
  error: text => {
    actionsLog.error(text, text);
  },
  group: text => actionsLog.group(text, () => Promise.resolve()),
};

describe('what the step prints', () => {
  it('is in the table, method by method', () => {
    expect([...Object.keys(written), 'mask'].sort()).toEqual(Object.keys(actionsLog).sort());
  });

  const step = createPlainStep({});
  const rows = {
    ...written,
    'error of a small program': (text: string) => {
      step.error(text, text);
    },
  };
  it.each(Object.entries(rows))('has no command and no line of a text from outside: %s', async (_, write) => {
    const harmless = await printedBy(write, 'quokka');
    const problems: string[] = [];
    for (const text of everyText) {
      const found = logReader(await printedBy(write, text), harmless);
      if (found.length > 0) problems.push(`${JSON.stringify(text)}: ${found.join('; ')}`);
    }
    expect(problems).toEqual([]);
  });
});

/** The file that a writer gets for one value, as the runner reads it. */
async function valuesIn(variable: string, write: (env: NodeJS.ProcessEnv) => unknown): Promise<unknown> {
  const path = join(folder, variable);
  writeFileSync(path, '');
  await write({ [variable]: path });
  return readValues(readFileSync(path, 'utf8'));
}

const files = {
  'an output': (text: string) =>
    valuesIn('GITHUB_OUTPUT', env => {
      createOutputs(env).set('a', text);
    }),
  'the state for post': (text: string) =>
    valuesIn('GITHUB_STATE', env => {
      createState(env).save('a', text);
    }),
  'an output of a small program': (text: string) =>
    valuesIn('GITHUB_OUTPUT', env => createPlainStep(env).setOutputs({ a: text })),
};

describe('what the runner reads from a file', () => {
  it.each(Object.entries(files))('is one value, as it was: %s', async (_, write) => {
    for (const text of everyText) expect(await write(text)).toEqual({ a: Buffer.from(text).toString() });
  });
});
