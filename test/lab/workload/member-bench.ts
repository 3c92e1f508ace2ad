import { waitUntil } from '../wait.js';
import { handmadeCluster, type HandmadeCluster, somePod } from './fakes.js';
import { type Members, runMembers } from './members.js';
import { createServerLogs, formatLog, type ServerLogs } from './server-log.js';

interface RestJson {
  readonly status?: string;
  readonly messages?: readonly { readonly content: string; readonly message_type: string; readonly epoch: number }[];
}

/** Members of a handmade cluster, reached over HTTP without a load balancer. */
export interface MemberBench {
  readonly cluster: HandmadeCluster;
  readonly logs: ServerLogs;
  readonly members: Members;
  /** The Secrets of the namespace, to which a test adds. */
  readonly secrets: Record<string, Record<string, string>>;
  /** Adds pods of these ordinals, and waits until as many members run. */
  start(...ordinals: number[]): Promise<void>;
  /** Rejects without a response within `timeoutMs`, which is long enough for a busy machine by default. */
  call(
    name: string,
    path: string,
    send?: { readonly body?: string; readonly timeoutMs?: number },
  ): Promise<{ code: number; text: string; json: () => RestJson }>;
  /** Produces to `/s`. Returns the status. */
  produce(name: string, body: string, token?: string): Promise<string | undefined>;
  /** Returns the contents that a member remembers of `/s`. */
  history(name: string, query?: string): Promise<string[]>;
  logOf(name: string): string;
}

export function createMemberBench(): MemberBench {
  const cluster = handmadeCluster();
  const logs = createServerLogs();
  const secrets: Record<string, Record<string, string>> = {};
  const members = runMembers({
    view: cluster,
    logs,
    nodeIsAlive: cluster.nodeIsAlive,
    references: () => ({
      secret: name => Promise.resolve(secrets[name]),
      configMap: () => Promise.resolve(undefined),
      secretFiles: () => Promise.resolve(undefined),
    }),
  });

  const call: MemberBench['call'] = async (name, path, { body, timeoutMs = 60_000 } = {}) => {
    const url = `http://127.0.0.1:${members.get(name).port}${path}`;
    const send = body === undefined ? {} : { method: 'POST', body };
    const response = await fetch(url, { ...send, signal: AbortSignal.timeout(timeoutMs) });
    const text = await response.text();
    return { code: response.status, text, json: () => JSON.parse(text) as RestJson };
  };
  return {
    cluster,
    logs,
    members,
    secrets,
    async start(...ordinals) {
      for (const ordinal of ordinals) cluster.put(somePod({ ordinal }));
      await waitUntil(() => members.list().length === ordinals.length, 'all members run');
    },
    call,
    produce: async (name, body, token = 't') =>
      (await call(name, `/rest/produce?subject=%2Fs&token=${token}`, { body })).json().status,
    async history(name, query = 'history=10') {
      const answer = await call(name, `/rest/consume?subject=%2Fs&token=t&${query}`);
      return (answer.json().messages ?? []).map(({ content }) => content);
    },
    logOf: name => formatLog(logs.read(`migratory/${name}`)?.current ?? [], { timestamps: false }),
  };
}
