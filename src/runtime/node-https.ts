import { readFileSync } from 'node:fs';
import type { Agent } from 'node:http';
import type { Https, HttpsResponse } from './ports.js';
import { reasonOf } from './thrown.js';
import { abortReason, onAbort } from './time.js';

/** More than any list that the action reads; a longer response would only fill the memory of the runner. */
const longestBodyBytes = 64 * 1024 * 1024;

/**
 * Creates the HTTPS client. It takes the proxy (HTTPS_PROXY, ALL_PROXY, NO_PROXY) and the certificates
 * (REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE) from the same variables as az, so that a runner needs no other settings; Node
 * itself reads NODE_EXTRA_CA_CERTS. Certificates are always verified.
 */
export function createHttps(environment: NodeJS.ProcessEnv, bodyLimitBytes = longestBodyBytes): Https {
  const agents = new Map<string, Promise<Agent>>();
  let authorities: { readonly ca: string } | Record<string, never> | undefined;

  const agentFor = async (url: string): Promise<Agent> => {
    const { getProxyForUrl } = await import('proxy-from-env');
    const proxy = isDirect(url, environment) ? '' : withProxyScheme(getProxyForUrl(url), environment);
    const agent = agents.get(proxy) ?? openAgent(proxy);
    agents.set(proxy, agent);
    return agent;
  };

  return {
    async send({ method, url, headers: requested, body, timeoutMs }, signal) {
      signal.throwIfAborted();
      const { request } = process.getBuiltinModule('node:https');
      const agent = await agentFor(url);
      authorities ??= readAuthorities(environment);
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
      const options = { agent, method, headers: { ...requested, ...length }, ...authorities };
      return new Promise<HttpsResponse>((resolve, reject) => {
        const outgoing = request(url, options);
        const settle = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', cancel);
        };
        const fail = (error: Error): void => {
          settle();
          reject(error);
          // Without the error: before there is a connection Node would not emit it, and afterwards nobody handles it.
          outgoing.destroy();
        };
        const cancel = (): void => {
          fail(abortReason(signal));
        };
        const timer = setTimeout(() => {
          fail(new Error(`no response within ${Math.round(timeoutMs / 1000)} s`));
        }, timeoutMs);
        onAbort(signal, cancel);
        outgoing.on('response', response => {
          const chunks: Buffer[] = [];
          let bytes = 0;
          response.on('data', (chunk: Buffer) => {
            chunks.push(chunk);
            bytes += chunk.length;
            if (bytes > bodyLimitBytes) fail(new Error(`the response is longer than ${bodyLimitBytes} bytes`));
          });
          response.on('error', fail);
          response.on('end', () => {
            settle();
            const headers: Record<string, string> = {};
            for (const [name, value] of Object.entries(response.headers)) headers[name] = String(value);
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({ status: response.statusCode ?? 0, headers, text });
          });
        });
        // The agent passes on the response of a proxy that refuses the tunnel as if it were that of the server.
        outgoing.on('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
          if (statusCode !== 200) fail(new Error(`the proxy refused the connection with status ${statusCode}`));
        });
        outgoing.on('error', fail);
        outgoing.end(body);
      });
    },
  };
}

async function openAgent(proxy: string): Promise<Agent> {
  if (proxy === '') return new (process.getBuiltinModule('node:https').Agent)({ keepAlive: true });
  checkProxy(proxy);
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  return new HttpsProxyAgent(proxy, { keepAlive: true });
}

/**
 * @throws Error without the URL, which may have a password, if it is invalid or another kind of proxy. The agent would
 * only decode it after it has connected.
 */
function checkProxy(proxy: string): void {
  try {
    const { username, password } = new URL(proxy);
    decodeURIComponent(username + password);
  } catch {
    // The cause has the URL.
    throw new Error('the proxy of HTTPS_PROXY or ALL_PROXY has an invalid URL');
  }
  const { protocol } = new URL(proxy);
  // The agent would send a CONNECT request to it all the same.
  if (protocol === 'http:' || protocol === 'https:') return;
  throw new Error(`the proxy of HTTPS_PROXY or ALL_PROXY is not one for http, but for ${protocol.slice(0, -1)}`);
}

/** Like az, takes each word of NO_PROXY for the end of a host name; the library would require a dot before it. */
function isDirect(url: string, environment: NodeJS.ProcessEnv): boolean {
  const { hostname } = new URL(url);
  const words = (environment['no_proxy'] ?? environment['NO_PROXY'] ?? '').split(/[\s,]+/);
  return words.some(word => word !== '' && hostname.endsWith(word.toLowerCase()));
}

/** Like az, connects to a proxy without a scheme by http; the library would choose the scheme of the requested URL. */
function withProxyScheme(proxy: string, environment: NodeJS.ProcessEnv): string {
  const given = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].map(name => environment[name]);
  return proxy.startsWith('https://') && !given.includes(proxy) ? proxy.replace(/^https/, 'http') : proxy;
}

/** @throws Error that names the variable and the file that cannot be read. */
function readAuthorities(environment: NodeJS.ProcessEnv): { readonly ca: string } | Record<string, never> {
  const name = ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'].find(variable => environment[variable]);
  if (name === undefined) return {};
  const path = environment[name] ?? '';
  try {
    return { ca: readFileSync(path, 'utf8') };
  } catch (error) {
    throw new Error(`the certificates of ${name} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}
