import { appendFile, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { toOneLine, toPlainText } from './text.js';
import { issueCommand, keyAndValue } from './workflow-commands.js';

/**
 * What the small programs of the workflows need from the runner: files and workflow commands. They do not use the
 * toolkit, because its HTTP client would be most of their code. See "Workflow commands for GitHub Actions" in the
 * GitHub documentation.
 */
export interface PlainStep {
  readonly environment: NodeJS.ProcessEnv;
  /** Sets outputs. */
  setOutputs(values: Readonly<Record<string, string>>): Promise<void>;
  summarize(markdown: string): Promise<void>;
  error(message: string, title: string): void;
  /** Returns the texts of all files with this name at any depth of a folder; empty if the folder does not exist. */
  readAll(folder: string, name: string): Promise<readonly string[]>;
}

export function createPlainStep(environment: NodeJS.ProcessEnv): PlainStep {
  const append = async (variable: string, text: string): Promise<void> => {
    const path = environment[variable];
    if (path) await appendFile(path, text);
  };
  return {
    environment,
    setOutputs: values =>
      append(
        'GITHUB_OUTPUT',
        Object.entries(values)
          .map(([name, value]) => keyAndValue(name, value))
          .join(''),
      ),
    summarize: markdown => append('GITHUB_STEP_SUMMARY', markdown),
    error(message, title) {
      issueCommand('error', toPlainText(message), { title: toOneLine(title) });
    },
    async readAll(folder, name) {
      const entries = await readdir(folder, { recursive: true }).catch(() => []);
      const paths = entries.filter(path => path === name || path.endsWith(`/${name}`)).sort();
      return Promise.all(paths.map(path => readFile(join(folder, path), 'utf8')));
    },
  };
}
