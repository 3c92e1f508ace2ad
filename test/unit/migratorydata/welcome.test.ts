import { describe, expect, it } from '@jest/globals';
import { checkConnection, fetchWelcomePage } from '../../../src/migratorydata/welcome.js';
import type { HttpAnswer } from '../../../src/runtime/ports.js';
import { ScriptedNetwork } from '../fakes.js';

const url = 'http://203.0.113.7';
const { signal } = new AbortController();

function fetchFrom(answer: Partial<HttpAnswer>): ReturnType<typeof fetchWelcomePage> {
  const network = new ScriptedNetwork();
  network.answer = () => answer;
  return fetchWelcomePage(network, url, 5_000, signal);
}

describe('fetchWelcomePage', () => {
  it('accepts a page with the name of the vendor', async () => {
    const text = '<html><head><TITLE lang="en">\n Welcome </TITLE></head><body>MigratoryData</body></html>';
    await expect(fetchFrom({ status: 200, text, ms: 12 })).resolves.toEqual({ status: 200, title: 'Welcome', ms: 12 });
  });

  it.each([
    [
      'another page',
      { status: 200, text: '<title>It works!</title>' },
      'a page with the title "It works!"',
      'source-ranges',
    ],
    ['a page without a title', { status: 200, text: 'hello' }, 'a page without a title', 'source-ranges'],
    ['an error', { status: 503, text: '' }, 'status 503', 'source-ranges'],
    ['a missing page', { status: 404, text: '' }, 'status 404', 'DocumentRoot'],
  ])('rejects %s', async (_, answer, found, hint) => {
    await expect(fetchFrom(answer)).rejects.toMatchObject({
      code: 'welcome-page-failed',
      message: expect.stringContaining(found) as unknown,
      hint: expect.stringContaining(hint) as unknown,
    });
  });

  it('fails with the reason when there is no response', async () => {
    const network = new ScriptedNetwork();
    network.http = () => Promise.reject(new Error('no answer within 5000 ms'));
    await expect(fetchWelcomePage(network, url, 5_000, signal)).rejects.toMatchObject({
      code: 'welcome-page-failed',
      message: 'GET http://203.0.113.7 got no response: no answer within 5000 ms.',
    });
  });
});

describe('checkConnection', () => {
  it.each([
    ['http://203.0.113.7', '203.0.113.7', 80],
    ['https://demo.example', 'demo.example', 443],
    ['http://[2001:db8::1]:8800/x', '2001:db8::1', 8800],
  ])('connects to the host and port of %s', async (address, host, port) => {
    const network = new ScriptedNetwork();
    const tried: unknown[] = [];
    network.connect = (...given: readonly unknown[]) => {
      tried.push(given.slice(0, 2));
      return Promise.resolve(3);
    };
    await expect(checkConnection(network, address, 1_000, signal)).resolves.toBe(3);
    expect(tried).toEqual([[host, port]]);
  });

  it('fails with the reason', async () => {
    const network = new ScriptedNetwork();
    network.connect = () => Promise.reject(new Error('connect ECONNREFUSED 203.0.113.7:80'));
    await expect(checkConnection(network, url, 1_000, signal)).rejects.toMatchObject({
      code: 'connect-failed',
      message: 'No TCP connection to 203.0.113.7 port 80: connect ECONNREFUSED 203.0.113.7:80.',
    });
  });

  it('rejects with the reason of an abort', async () => {
    const network = new ScriptedNetwork();
    const controller = new AbortController();
    network.connect = () => {
      controller.abort(new Error('cancelled'));
      return Promise.reject(new Error('aborted'));
    };
    await expect(checkConnection(network, url, 1_000, controller.signal)).rejects.toThrow('cancelled');
  });
});
