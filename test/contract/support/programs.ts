import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Answer, Report } from './protocol.js';

/** One process of a fake program. */
export interface Invocation {
  readonly tool: string;
  readonly argv: readonly string[];
  readonly pid: number;
  readonly stdinBytes: number;
  readonly variables: readonly string[];
  readonly signals: NodeJS.Signals[];
  /** Whether the process has ended. */
  ended: boolean;
}

export type Reply = Answer | ((invocation: Invocation) => Answer);

/** The fake programs of a sandbox: their scripted replies, and their invocations. */
export interface Programs {
  readonly invocations: readonly Invocation[];
  /** Returns command lines such as `az group show -n rg`, in the order of their starts. */
  lines(tool?: string): string[];
  /** Command lines without a scripted reply; a test should find none. */
  readonly unexpected: readonly string[];
  /**
   * Replies to command lines that contain the text or match the pattern, in turn; the last reply stays. Of several
   * rules the latest one counts, so that a test can override the replies of its sandbox.
   */
  on(pattern: string | RegExp, ...replies: readonly [Reply, ...Reply[]]): void;
  /** Resolves with the first invocation that matches, now or later. */
  called(pattern: string | RegExp): Promise<Invocation>;
  /** Returns processes that have not ended. */
  running(): Invocation[];
  /** Resolves with the id of the first child process of a fake program, now or later. */
  child(): Promise<number>;
  /** The ids of all such processes. */
  readonly children: readonly number[];
  close(): Promise<void>;
}

interface Rule {
  readonly pattern: string | RegExp;
  readonly replies: Reply[];
}

/** Listens for fake programs on a unix socket. */
export async function listenForPrograms(socketPath: string): Promise<Programs> {
  const invocations: Invocation[] = [];
  const unexpected: string[] = [];
  const rules: Rule[] = [];
  const waiters: { readonly pattern: string | RegExp; readonly resolve: (invocation: Invocation) => void }[] = [];
  const children: number[] = [];
  const parents: ((pid: number) => void)[] = [];
  const sockets = new Set<Socket>();

  const replyTo = (invocation: Invocation): Answer => {
    const line = lineOf(invocation);
    const rule = rules.findLast(({ pattern }) => matches(line, pattern));
    const reply = rule && rule.replies.length > 1 ? rule.replies.shift() : rule?.replies[0];
    if (reply !== undefined) return typeof reply === 'function' ? reply(invocation) : reply;
    unexpected.push(line);
    return { code: 97, stderr: `ERROR: no answer scripted for: ${line}\n` };
  };
  const serve = (socket: Socket): void => {
    let current: Invocation | undefined;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      sockets.delete(socket);
      if (current) current.ended = true;
    });
    createInterface(socket).on('line', text => {
      const report = JSON.parse(text) as Report;
      if (report.kind === 'signal') {
        current?.signals.push(report.name);
        return;
      }
      if (report.kind === 'child') {
        children.push(report.pid);
        for (const tell of parents) tell(report.pid);
        return;
      }
      const { tool, argv, pid, stdinBytes, variables } = report;
      const facts = { tool, argv, pid, stdinBytes, variables };
      const invocation: Invocation = { ...facts, signals: [], ended: false };
      current = invocation;
      invocations.push(invocation);
      const answer = replyTo(invocation);
      for (const waiter of waiters) if (matches(lineOf(invocation), waiter.pattern)) waiter.resolve(invocation);
      socket.write(`${JSON.stringify(answer)}\n`);
    });
  };
  const server: Server = createServer(serve).listen(socketPath);
  await once(server, 'listening');

  return {
    invocations,
    unexpected,
    lines: tool => invocations.filter(one => tool === undefined || one.tool === tool).map(lineOf),
    on: (pattern, ...replies) => {
      rules.push({ pattern, replies: [...replies] });
    },
    called: pattern =>
      new Promise(resolve => {
        const known = invocations.find(invocation => matches(lineOf(invocation), pattern));
        if (known) resolve(known);
        else waiters.push({ pattern, resolve });
      }),
    running: () => invocations.filter(({ ended }) => !ended),
    children,
    child: () =>
      new Promise(resolve => {
        const [known] = children;
        if (known === undefined) parents.push(resolve);
        else resolve(known);
      }),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function lineOf({ tool, argv }: Invocation): string {
  return [tool, ...argv].join(' ');
}

function matches(line: string, pattern: string | RegExp): boolean {
  return typeof pattern === 'string' ? line.includes(pattern) : pattern.test(line);
}
