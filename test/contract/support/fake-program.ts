/**
 * Stands in for az, kubectl or kubelogin: reports its call to the test and does what the test replies. The wrappers
 * that a sandbox puts on PATH start it, with the socket of the test and the name of the tool as its first arguments. A
 * run of all tests starts it 400 times, so it loads what few of them need when they need it.
 */
import { connect, createServer, type Socket } from 'node:net';
import type { Answer, Report } from './protocol.js';

const [controlPath = '', tool = '', ...argv] = process.argv.slice(2);
const signals = { SIGINT: 130, SIGTERM: 143 } as const;

const stubborn = `for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => {});
setInterval(() => {}, 1000);
require('node:fs').writeSync(3, 'ready');`;

const control = connect(controlPath).setEncoding('utf8');
let ignores: readonly NodeJS.Signals[] = [];
for (const [name, code] of Object.entries(signals) as [keyof typeof signals, number][]) {
  process.on(name, () => {
    tell({ kind: 'signal', name }, () => {
      if (!ignores.includes(name)) process.exit(code);
    });
  });
}
tell({
  kind: 'start',
  tool,
  argv,
  pid: process.pid,
  stdinBytes: await countStdin(),
  variables: Object.keys(process.env).sort(),
});
await act(await receive());

async function act(answer: Answer): Promise<void> {
  ignores = answer.ignores ?? [];
  if (answer.child !== undefined) await startChild(answer.child === 'stray');
  if (answer.delayMs !== undefined) await new Promise(resolve => setTimeout(resolve, answer.delayMs));
  if (answer.stdout !== undefined) process.stdout.write(answer.stdout);
  if (answer.stderr !== undefined) process.stderr.write(answer.stderr);
  if (answer.proxy !== undefined) {
    const { from, to } = answer.proxy;
    const server = createServer(socket => {
      pipeTo(to, socket);
    });
    server.listen(from, () => process.stdout.write(`Starting to serve on ${from}\n`));
    return;
  }
  if (answer.hang === true) return;
  process.exitCode = answer.code ?? 0;
  control.end();
}

function pipeTo(path: string, socket: Socket): void {
  const other = connect(path);
  socket.pipe(other).pipe(socket);
  // Either side may close first; the other then has nothing left to send.
  socket.once('error', () => other.destroy());
  other.once('error', () => socket.destroy());
  socket.once('close', () => other.destroy());
}

async function startChild(stray: boolean): Promise<void> {
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, ['-e', stubborn], {
    env: stray ? {} : process.env,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  await new Promise(resolve => child.stdio[3]?.once('data', resolve));
  tell({ kind: 'child', pid: child.pid ?? 0 });
}

/** Reads stdin only when the arguments refer to it; otherwise it may stay open forever. */
async function countStdin(): Promise<number> {
  if (!argv.some(argument => argument === '-' || argument === '@-')) return 0;
  let bytes = 0;
  for await (const chunk of process.stdin) bytes += (chunk as Buffer).length;
  return bytes;
}

/** Resolves with the answer, which is one line. */
function receive(): Promise<Answer> {
  let text = '';
  return new Promise(resolve => {
    control.on('data', piece => {
      text += String(piece);
      if (text.endsWith('\n')) resolve(JSON.parse(text) as Answer);
    });
  });
}

function tell(report: Report, sent?: () => void): void {
  control.write(`${JSON.stringify(report)}\n`, sent);
}
