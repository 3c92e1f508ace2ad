/**
 * The ports: everything that the core needs from outside, as small interfaces. The adapters in this folder implement
 * them with the Actions toolkit and Node; tests use fakes. Core code imports only this file from `runtime/`.
 */

export type Tool = 'az' | 'kubectl' | 'kubelogin';

/** One process to start. It never runs in a shell. */
export interface Command {
  readonly tool: Tool;
  readonly argv: readonly string[];
  /** The purpose of the process, as one phrase for the log and the report. */
  readonly why: string;
  /** Passed to the process on standard input; the place for secrets. Never logged. */
  readonly stdin?: string;
  /** Added to the process environment. Values are never logged. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface CommandResult {
  /** -1 if a signal ended the process. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** A process that runs until it is stopped, such as `kubectl proxy`. */
export interface RunningProcess {
  /** Resolves with the exit code and the end of stderr when the process ends for any reason. */
  readonly exited: Promise<{ readonly code: number; readonly stderr: string }>;
  /** Ends the process and all its descendants. Safe to call twice. */
  stop(): Promise<void>;
}

export interface Runner {
  /**
   * Runs a command until it ends. A non-zero exit code is a result, not an error.
   * @throws ActionError `tool-missing` when the program is not on PATH, `command-failed` when it cannot be started,
   * `command-timeout` after `timeoutMs`; the signal's reason when it aborts, after the process tree has ended.
   */
  run(command: Command, signal: AbortSignal): Promise<CommandResult>;
  /**
   * Starts a command that the caller must stop; `onLine` gets each line of its stderr at once. Its `exited` rejects with
   * the errors of `run`.
   */
  start(command: Command, onLine?: (line: string) => void): RunningProcess;
}

/**
 * Called right before each try of a change; throws when the change must not be made any more. What it confirms is true
 * for a short time only, so the change is sent at once, and a repetition needs a new call.
 */
export type Fence = () => Promise<void>;

export interface Clock {
  /** Monotonic milliseconds from an arbitrary origin. */
  now(): number;
  /** Wall-clock time, for timestamps in the report and in tags. */
  date(): Date;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The disk of the runner. What writes throws ActionError `file-unwritable`, such as when the disk is full. */
export interface Files {
  readText(path: string): Promise<string>;
  /** Returns the bytes of a file. Rejects if it is none. */
  size(path: string): Promise<number>;
  /** Writes a file and creates its folder; `mode` defaults to 0644. */
  writeText(path: string, text: string, mode?: number): Promise<void>;
  /** As `writeText`, for a file that is no text. */
  writeBytes(path: string, bytes: Uint8Array): Promise<void>;
  makeFolder(path: string, mode?: number): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Returns the absolute path without links. Rejects if nothing is there. */
  realPath(path: string): Promise<string>;
  /** Returns whether a path is a folder, or a link to one. */
  isFolder(path: string): Promise<boolean>;
  /** The names directly inside a folder. */
  list(path: string): Promise<string[]>;
  /** Makes a path a symbolic link to a folder; a link that exists is replaced without a moment in which there is none. */
  link(path: string, folder: string): Promise<void>;
  /** Removes a file, or a folder with its contents; does nothing if it does not exist. */
  remove(path: string): Promise<void>;
}

export interface Log {
  info(text: string): void;
  debug(text: string): void;
  /** An annotation on the run. */
  warning(text: string, title?: string): void;
  /** An annotation on the run. */
  error(text: string, title?: string): void;
  group<T>(title: string, body: () => Promise<T>): Promise<T>;
  /** Masks a text in all later output. */
  mask(secret: string): void;
}

export interface Outputs {
  set(name: string, value: string | number | boolean): void;
  /** Replaces this step's job summary. */
  summary(markdown: string): Promise<void>;
}

/** What the main phase saves for the post phase of the same step. A later value of a key replaces an earlier one. */
export interface State {
  save(key: string, value: string): void;
  read(key: string): string;
}

export interface Identity {
  /** Whether the job may request an OpenID Connect token from GitHub (`permissions: id-token: write`). */
  readonly available: boolean;
  /** Returns a new OpenID Connect token of this job, valid for about 5 minutes. */
  token(audience: string): Promise<string>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly ms: number;
  /** When the certificate of the server ends; absent without TLS. */
  readonly certificateEnd?: Date;
}

/** One request over https. */
export interface HttpsRequest {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
}

export interface HttpsResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** HTTPS with the proxy and the certificates that the environment of the runner names; connections stay open. */
export interface Https {
  /**
   * Resolves with any response. Rejects with an error of Node when the connection fails, with an Error after
   * `timeoutMs`, and with the reason of the signal when it aborts.
   */
  send(request: HttpsRequest, signal: AbortSignal): Promise<HttpsResponse>;
}

/** The network as a client uses it: every call opens a new connection, like a new client. */
export interface Network {
  http(
    request: {
      readonly method: 'GET' | 'POST';
      readonly url: string;
      readonly body?: string;
      readonly timeoutMs: number;
    },
    signal: AbortSignal,
  ): Promise<HttpAnswer>;
  /** Opens and closes a TCP connection; resolves with the connect time in milliseconds. */
  connect(host: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<number>;
  /** Opens a persistent connection to the host of a URL; absent if the network supports none. */
  readonly open?: (url: string, events: HttpSessionEvents) => HttpSession;
  /**
   * Returns the same network that trusts certificates of these authorities (PEM) only, instead of those that the runner
   * trusts; absent if the network checks none.
   */
  readonly trusting?: (authorities: string) => Network;
}

/** What happens to a persistent connection. */
export interface HttpSessionEvents {
  /** The response to the request has arrived; `isEnding` when the server announced that it closes the connection. */
  answered(isEnding: boolean): void;
  /** The connection has ended, and not by `close`: without an error, the other side closed it in an orderly way. */
  ended(error: Error | undefined): void;
}

/** One connection that is reused, like that of a connected client. It has no time limits of its own. */
export interface HttpSession {
  /** Sends a request. The one before must have been answered. */
  request(): void;
  /** Returns whether the other side has accepted the connection. */
  isReached(): boolean;
  /** Closes the connection; no event follows. */
  close(): void;
}

/** A comment or an issue on GitHub, as far as it matters here. */
export interface IssueOrComment {
  readonly id: number;
  /** The number of an issue; 0 for a comment. */
  readonly number: number;
  readonly body: string;
  /** Where people read it. */
  readonly url: string;
  /** The id of the account that wrote it; 0 if the account no longer exists. */
  readonly authorId: number;
  /** Lists of issues hold pull requests as well ("List repository issues" in the GitHub documentation). */
  readonly isPullRequest: boolean;
}

/**
 * The issues of a repository and their comments; a pull request is an issue there. Lists come page by page, and a page is
 * asked for when it is needed. Every method rejects with GitHubRefusal for an answer other than success, and with the
 * reason of its signal when that aborts.
 */
export interface RepositoryIssues {
  /**
   * Returns the id of the account as which the token writes; undefined if GitHub does not tell this token. It is asked
   * for once.
   */
  ownId(): Promise<number | undefined>;
  listOpen(): AsyncIterable<readonly IssueOrComment[]>;
  listComments(issue: number): AsyncIterable<readonly IssueOrComment[]>;
  create(issue: { readonly title: string; readonly body: string }): Promise<IssueOrComment>;
  update(issue: number, changes: IssueChanges): Promise<IssueOrComment>;
  addComment(issue: number, body: string): Promise<IssueOrComment>;
  /** By the id of the comment. */
  updateComment(comment: number, body: string): Promise<IssueOrComment>;
}

export interface IssueChanges {
  readonly body?: string;
  readonly state?: 'closed';
  readonly state_reason?: 'completed';
}

export interface GitHub {
  /** The issues of the repository of the run, as the holder of the token may see and change them. It is never logged. */
  issues(token: string, signal: AbortSignal): Promise<RepositoryIssues>;
}

/** The pull request that a run belongs to. */
export interface PullRequest {
  readonly number: number;
  /** Whether it comes from another repository: GitHub then gives the run a read-only token. */
  readonly fromFork: boolean;
}

/** Facts about the run, as the runner provides them. */
export interface RunFacts {
  /** `owner/name`. */
  readonly repository: string;
  readonly runId: string;
  readonly attempt: string;
  readonly job: string;
  readonly serverUrl: string;
  /** The URL of the REST API, without a trailing slash. */
  readonly apiUrl: string;
  /** Absent if the run belongs to no pull request. */
  readonly pullRequest?: PullRequest;
  /** A private folder of this job that the runner deletes afterwards. */
  readonly tempFolder: string;
  readonly platform: string;
  /** The cloud that az uses if its configuration names none; empty for the public cloud. */
  readonly azureCloud: string;
  /** The public IP address of the runner, if its operator configured it; empty if it must be looked up. */
  readonly publicAddress: string;
  /** How many files and sockets the process may have open (RLIMIT_NOFILE); Infinity if it cannot be read. */
  readonly openFiles: number;
}

export interface Ports {
  readonly runner: Runner;
  readonly clock: Clock;
  readonly files: Files;
  readonly log: Log;
  readonly outputs: Outputs;
  readonly state: State;
  readonly identity: Identity;
  readonly network: Network;
  readonly https: Https;
  readonly github: GitHub;
  readonly run: RunFacts;
}
