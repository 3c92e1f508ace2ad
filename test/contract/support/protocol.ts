/** The protocol of a fake program and the test that scripts it: one JSON message per line over a unix socket. */

/** From the program, at its start and for each signal it gets. */
export type Report =
  | {
      readonly kind: 'start';
      readonly tool: string;
      readonly argv: readonly string[];
      readonly pid: number;
      /** The size of stdin, when the arguments refer to it; the content itself stays in the program. */
      readonly stdinBytes: number;
      /** The names of the variables in its environment, sorted. */
      readonly variables: readonly string[];
    }
  | { readonly kind: 'signal'; readonly name: NodeJS.Signals }
  | { readonly kind: 'child'; readonly pid: number };

/** From the test: what the program does. */
export interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  /** The exit code; 0 by default. */
  readonly code?: number;
  readonly delayMs?: number;
  /** Runs until a signal ends it, as a program that waits for a response. */
  readonly hang?: boolean;
  /** Signals that do not end it; SIGKILL always does. */
  readonly ignores?: readonly NodeJS.Signals[];
  /**
   * Starts a child process first, as the az of a Debian package does; it ignores SIGINT and SIGTERM. A stray one has an
   * empty environment as well, so that it cannot be found, and holds the output open.
   */
  readonly child?: 'stubborn' | 'stray';
  /** Accepts connections on the first path and passes them on to the second. */
  readonly proxy?: { readonly from: string; readonly to: string };
}
