import { resolve } from 'node:path';
import type {
  Clock,
  Command,
  CommandResult,
  Files,
  GitHub,
  HttpAnswer,
  Identity,
  IssueOrComment,
  Log,
  Network,
  Outputs,
  Ports,
  RepositoryIssues,
  RunFacts,
  Runner,
  RunningProcess,
  State,
} from '../../src/runtime/ports.js';

/** A clock that only moves when a test or a sleep moves it. */
export class ManualClock implements Clock {
  #now = 0;
  now(): number {
    return this.#now;
  }
  date(): Date {
    return new Date(Date.UTC(2026, 0, 1) + this.#now);
  }
  advance(ms: number): void {
    this.#now += ms;
  }
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#now += ms;
    await Promise.resolve();
  }
}

/** Answers commands by the first matching rule and records them; an unexpected command fails the test. */
export class ScriptedRunner implements Runner {
  readonly commands: Command[] = [];
  readonly #rules: { matches: (line: string) => boolean; answers: Partial<CommandResult>[] }[] = [];

  /** Answers lines that contain `text`, in turn; the last answer stays. */
  on(text: string, ...answers: Partial<CommandResult>[]): this {
    this.#rules.push({ matches: line => line.includes(text), answers });
    return this;
  }

  lines(): string[] {
    return this.commands.map(({ tool, argv }) => [tool, ...argv].join(' '));
  }

  async run(command: Command, signal: AbortSignal): Promise<CommandResult> {
    signal.throwIfAborted();
    this.commands.push(command);
    const answer = this.next([command.tool, ...command.argv].join(' '));
    await Promise.resolve();
    return { code: 0, stdout: '', stderr: '', ms: 1, ...answer };
  }

  /** Returns the next answer to a line. @throws Error when no rule matches. */
  protected next(line: string): Partial<CommandResult> {
    const answers = this.answersTo(line);
    if (!answers) throw new Error(`no answer scripted for: ${line}`);
    return (answers.length > 1 ? answers.shift() : answers[0]) ?? {};
  }

  protected answersTo(line: string): Partial<CommandResult>[] | undefined {
    return this.#rules.find(({ matches }) => matches(line))?.answers;
  }

  /** Tests replace it. */
  start(command: Command, _onLine?: (line: string) => void): RunningProcess {
    this.commands.push(command);
    return { exited: new Promise(() => undefined), stop: () => Promise.resolve() };
  }
}

export class RecordingLog implements Log {
  readonly lines: string[] = [];
  readonly masked: string[] = [];
  info(text: string): void {
    this.lines.push(text);
  }
  debug(text: string): void {
    this.lines.push(`debug: ${text}`);
  }
  warning(text: string): void {
    this.lines.push(`warning: ${text}`);
  }
  error(text: string): void {
    this.lines.push(`error: ${text}`);
  }
  group<T>(title: string, body: () => Promise<T>): Promise<T> {
    this.lines.push(`# ${title}`);
    return body();
  }
  mask(secret: string): void {
    this.masked.push(secret);
  }
}

export class MemoryFiles implements Files {
  readonly texts = new Map<string, string>();
  readonly modes = new Map<string, number>();
  /** Links, by their path. */
  readonly links = new Map<string, string>();
  readText(path: string): Promise<string> {
    const text = this.texts.get(path);
    return text === undefined ? Promise.reject(new Error(`ENOENT: ${path}`)) : Promise.resolve(text);
  }
  async size(path: string): Promise<number> {
    return Buffer.byteLength(await this.readText(path));
  }
  writeText(path: string, text: string, mode = 0o644): Promise<void> {
    this.texts.set(path, text);
    this.modes.set(path, mode);
    return Promise.resolve();
  }
  writeBytes(path: string, bytes: Uint8Array): Promise<void> {
    return this.writeText(path, Buffer.from(bytes).toString('base64'));
  }
  makeFolder(): Promise<void> {
    return Promise.resolve();
  }
  realPath(path: string): Promise<string> {
    const absolute = resolve('/workspace', path);
    const link = [...this.links].find(([from]) => absolute === from || absolute.startsWith(`${from}/`));
    return Promise.resolve(link === undefined ? absolute : link[1] + absolute.slice(link[0].length));
  }
  exists(path: string): Promise<boolean> {
    return Promise.resolve([...this.texts.keys()].some(key => key === path || key.startsWith(`${path}/`)));
  }
  isFolder(path: string): Promise<boolean> {
    return Promise.resolve([...this.texts.keys()].some(key => key.startsWith(`${path}/`)));
  }
  list(path: string): Promise<string[]> {
    const inside = [...this.texts.keys()].filter(key => key.startsWith(`${path}/`));
    return Promise.resolve([...new Set(inside.map(key => key.slice(path.length + 1).split('/')[0] ?? ''))]);
  }
  link(path: string, folder: string): Promise<void> {
    this.links.set(path, folder);
    return Promise.resolve();
  }
  remove(path: string): Promise<void> {
    for (const key of this.texts.keys()) if (key === path || key.startsWith(`${path}/`)) this.texts.delete(key);
    return Promise.resolve();
  }
}

export class RecordingOutputs implements Outputs {
  readonly values = new Map<string, string | number | boolean>();
  markdown = '';
  set(name: string, value: string | number | boolean): void {
    this.values.set(name, value);
  }
  summary(markdown: string): Promise<void> {
    this.markdown = markdown;
    return Promise.resolve();
  }
}

export class MemoryState implements State {
  readonly values = new Map<string, string>();
  save(key: string, value: string): void {
    this.values.set(key, value);
  }
  read(key: string): string {
    return this.values.get(key) ?? '';
  }
}

export class FixedIdentity implements Identity {
  readonly available = true;
  token(): Promise<string> {
    return Promise.resolve('assertion');
  }
}

/** Answers HTTP requests with a function of the URL; TCP connects always succeed. */
export class ScriptedNetwork implements Network {
  answer: (url: string, body: string | undefined) => Partial<HttpAnswer> = () => ({ status: 200, text: '' });
  http(request: { url: string; body?: string }): Promise<HttpAnswer> {
    return Promise.resolve({ status: 200, text: '', ms: 1, ...this.answer(request.url, request.body) });
  }
  connect: Network['connect'] = () => Promise.resolve(1);
}

/** A method of {@link RepositoryIssues} that was called, with its arguments. */
export interface IssueCall {
  readonly method: keyof RepositoryIssues;
  readonly args: readonly unknown[];
}

/** Lists what a test has put there, and records what is written; each page that is read is a call. */
export class ScriptedGitHub implements GitHub {
  readonly calls: IssueCall[] = [];
  readonly tokens: string[] = [];
  pages: readonly (readonly Partial<IssueOrComment>[])[] = [];
  /** The account of the token. */
  ownId: number | undefined = 41;
  /** The address of all that is written. */
  url = 'https://github.com/acme/shop/issues/1';
  /** Runs at each call; what it throws is what the call rejects with. */
  onCall: () => void = () => undefined;

  issues(token: string, signal: AbortSignal): Promise<RepositoryIssues> {
    this.tokens.push(token);
    const called = (method: IssueCall['method'], ...args: readonly unknown[]): void => {
      signal.throwIfAborted();
      this.calls.push({ method, args });
      this.onCall();
    };
    const list = (method: IssueCall['method'], ...args: readonly unknown[]): AsyncIterable<readonly IssueOrComment[]> =>
      // oxlint-disable-next-line typescript/require-await -- an async generator is what rejects as the port does
      async function* (this: ScriptedGitHub) {
        for (const page of this.pages.length === 0 ? [[]] : this.pages) {
          called(method, ...args);
          yield page.map(fields => ({ ...noIssue, ...fields }));
        }
      }.call(this);
    const write = (method: IssueCall['method'], ...args: readonly unknown[]): Promise<IssueOrComment> =>
      Promise.resolve().then(() => {
        called(method, ...args);
        return { ...noIssue, url: this.url };
      });
    return Promise.resolve({
      ownId: async () => Promise.resolve(this.ownId),
      listOpen: () => list('listOpen'),
      listComments: issue => list('listComments', issue),
      create: issue => write('create', issue),
      update: (issue, changes) => write('update', issue, changes),
      addComment: (issue, body) => write('addComment', issue, body),
      updateComment: (comment, body) => write('updateComment', comment, body),
    });
  }
}

const noIssue: IssueOrComment = { id: 0, number: 0, body: '', url: '', authorId: 0, isPullRequest: false };

export const someRun: RunFacts = {
  repository: 'acme/shop',
  runId: '4711',
  attempt: '1',
  job: 'check',
  serverUrl: 'https://github.com',
  apiUrl: 'https://api.github.com',
  tempFolder: '/tmp/runner',
  platform: 'linux',
  azureCloud: '',
  publicAddress: '198.51.100.7',
  openFiles: 1_048_576,
};

/** All fakes at once; name those that the test looks at. */
export function fakePorts(overrides: Partial<Ports> = {}): Ports {
  return {
    runner: new ScriptedRunner(),
    clock: new ManualClock(),
    files: new MemoryFiles(),
    log: new RecordingLog(),
    outputs: new RecordingOutputs(),
    state: new MemoryState(),
    identity: new FixedIdentity(),
    network: new ScriptedNetwork(),
    https: { send: () => Promise.reject(new Error('no request was expected')) },
    github: new ScriptedGitHub(),
    run: someRun,
    ...overrides,
  };
}
