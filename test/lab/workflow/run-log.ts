import { readOutput } from '../../support/commands.js';
import { hideSecrets, maskedTexts } from './job-state.js';

/** All that a run prints. */
export interface RunLog {
  readonly print: (text: string) => void;
  /** Resolves when the text was printed. @throws Error with all that was printed when the run ends without it */
  readonly shows: (text: string) => Promise<void>;
  end(): void;
  /** As a person sees it: without commands, and without the given secrets and what steps asked to hide. */
  text(secrets: readonly string[]): string;
}

/** An empty log. */
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
          else if (isOver) reject(new Error(`the run ended without saying "${text}":\n${printed}`));
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
