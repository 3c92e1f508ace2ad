import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  /** The complete environment; default is that of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Called with each part of standard error when it arrives. */
  readonly onStderr?: (text: string) => void;
}

const keptBytes = 8192;

/**
 * Runs a program to its end and returns its standard output.
 * @throws Error naming the program, its exit code and the last of its output, when it cannot start or fails.
 */
export async function runTool(
  file: string,
  argv: readonly string[],
  { onStderr, ...options }: RunOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, argv, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-keptBytes);
      onStderr?.(text);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else {
        const said = `${stdout.slice(-keptBytes)}${stderr}`.trim();
        reject(new Error(`${file} ${argv.join(' ')} ended with ${code ?? signal ?? 'nothing'}: ${said}`));
      }
    });
  });
}
