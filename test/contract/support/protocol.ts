/** What a fake program and the test that scripts it tell each other: one JSON message a line over a unix socket. */

/** From the program, at its start and for each signal it gets. */
export type Report =
  | {
      readonly kind: 'start';
      readonly tool: string;
      readonly argv: readonly string[];
      readonly pid: number;
      /** Of stdin, where the arguments say that something comes there; the content itself stays in the program. */
      readonly stdinBytes: number;
      /** The names of the variables whose names begin with AZURE_. */
      readonly azureVariables: readonly string[];
      /** The names of the variables that hold inputs and saved state of the step: nobody but the action needs them. */
      readonly stepVariables: readonly string[];
    }
  | { readonly kind: 'signal'; readonly name: NodeJS.Signals }
  | { readonly kind: 'child'; readonly pid: number };

/** From the test: what the program does. */
export interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  /** The exit code; 0 when left out. */
  readonly code?: number;
  readonly delayMs?: number;
  /** Goes on until a signal ends it, as a program does that waits for an answer. */
  readonly hang?: boolean;
  /** Signals that do not end it; SIGKILL always does. */
  readonly ignores?: readonly NodeJS.Signals[];
  /**
   * Starts a process of its own first, as the az of a Debian package does; it ignores SIGINT and SIGTERM. A stray one
   * has an empty environment as well, by which nobody finds it, and holds the output open.
   */
  readonly child?: 'stubborn' | 'stray';
  /** Accepts connections on the first path and passes them on to the second. */
  readonly proxy?: { readonly from: string; readonly to: string };
}
