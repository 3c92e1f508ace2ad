import { readOutput } from '../../support/commands.js';
import { hideSecrets, maskedTexts } from './job-state.js';

/** Everything that a run prints. */
export interface RunLog {
  readonly print: (text: string) => void;
  /** Resolves when the text was printed. @throws Error with everything that was printed when the run ends without it */
  readonly shows: (text: string) => Promise<void>;
  end(): void;
  /** Returns the log as users see it: without commands, the given secrets and the texts that steps masked. */
  text(secrets: readonly string[]): string;
}

/** Creates an empty log. */
export function createRunLog(onLog: (text: string) => void = () => undefined): RunLog {
  let printed = '';
  let isOver = false;
  const watchers = new Set<() => void>();
  const look = (): void => {
    for (const watcher of [...watchers]) watcher();
  };
  return {
    print(text) {
      printed += text;
      onLog(text);
      look();
    },
    shows: text =>
      new Promise((resolve, reject) => {
        const watcher = (): void => {
          if (printed.includes(text)) resolve();
          else if (isOver) reject(new Error(`the run ended without this text in its log: "${text}":\n${printed}`));
          else return;
          watchers.delete(watcher);
        };
        watchers.add(watcher);
        watcher();
      }),
    end() {
      isOver = true;
      look();
    },
    text: secrets => hideSecrets({ masks: new Set(secrets.flatMap(maskedTexts)) }, readOutput(printed).log),
  };
}
