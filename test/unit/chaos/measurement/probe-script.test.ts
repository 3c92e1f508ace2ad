import { describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline/promises';
import { parseProbeLine, type PrintedAttempt, probeScript } from '../../../../src/chaos/measurement/probe-script.js';

/** Runs the script against a server, and returns its first attempts in the order in which they ended. */
async function probe(count: number, answer: RequestListener): Promise<readonly (PrintedAttempt | undefined)[]> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const env = { PATH: process.env['PATH'], URL: url, http_proxy: 'http://127.0.0.1:1' };
  const child: ChildProcess = spawn('sh', ['-c', probeScript], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const attempts: (PrintedAttempt | undefined)[] = [];
  try {
    for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
      attempts.push(parseProbeLine(line));
      if (attempts.length === count) break;
    }
  } finally {
    child.kill('SIGKILL');
    server.closeAllConnections();
    server.close();
  }
  return attempts;
}

describe('the script of the probe pod', () => {
  it('starts an attempt each second, whatever is in progress, and gives up after 2 s', async () => {
    let asked = 0;
    const attempts = await probe(4, (_request, response) => {
      asked += 1;
      // The second one hangs.
      if (asked !== 2) response.writeHead(asked === 3 ? 503 : 200).end('<title>MigratoryData</title>');
    });
    expect(attempts.map(attempt => attempt && [attempt.number, attempt.ok])).toEqual([
      [1, true],
      [3, false],
      ...[[4, true]].filter(() => attempts[2]?.number === 4),
      [2, false],
      ...[[4, true]].filter(() => attempts[2]?.number !== 4),
    ]);
    const hung = attempts.find(attempt => attempt?.number === 2);
    expect((hung?.endedMs ?? 0) - (hung?.begunMs ?? 0)).toBeGreaterThanOrEqual(1_900);
    const begun = attempts.map(attempt => attempt?.begunMs ?? NaN).sort((a, b) => a - b);
    expect(begun.slice(1).every((ms, index) => ms - (begun[index] ?? NaN) >= 990)).toBe(true);
  });
});

describe('a line of the probe pod', () => {
  it('has the number, the begin and the end, and the result', () => {
    expect(parseProbeLine('17 1234.56 1236.57 failed')).toEqual({
      ...{ number: 17, begunMs: 1_234_560, endedMs: 1_236_570, ok: false },
    });
    expect(parseProbeLine('1 0.00 0.00 ok')).toEqual({ number: 1, begunMs: 0, endedMs: 0, ok: true });
  });

  it.each([
    '',
    'ok',
    '17 1234.56 1236.57 ok ',
    ' 17 1234.56 1236.57 ok',
    '17 1234.56 1236.57 OK',
    '17 1234.56 1236.57 ok 18',
    '17 1234.5 1236.57 ok',
    '17 1236.57 1234.56 ok',
    '-1 1234.56 1236.57 ok',
    '1e3 1234.56 1236.57 ok',
    '12345678 1234.56 1236.57 ok',
    '17 12345678901.00 12345678901.00 ok',
    '17 1234.56 Infinity ok',
    '17 1234.56 1236.57 ok\r',
    '::error::17 1234.56 1236.57 ok',
  ])('is nothing else: %j', line => {
    expect(parseProbeLine(line)).toBeUndefined();
  });
});
