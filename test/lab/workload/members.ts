import { reasonOf } from '../../../src/runtime/thrown.js';
import type { ClusterView } from './cluster-view.js';
import { type References, resolveEnvironment } from './environment.js';
import type { MemberCluster, Seat } from './member-cluster.js';
import { type MemberListener, type MemberSwitches, startMember } from './member.js';
import { createMembershipRegistry } from './membership.js';
import { type CacheLimits, createMessageCache } from './message-cache.js';
import { fateOf, type MessageFaults } from './message-faults.js';
import { isReady, keyOf, type MemberPod, serverContainer } from './objects.js';
import type { ProducedMessage } from './rest.js';
import type { ServerLogs } from './server-log.js';
import { readServerOptions, type ServerOptions } from './server-options.js';
import { startLines } from './start-lines.js';
import { membersOfTutorialScript } from './tutorial-script.js';
import { readVolumeFile } from './volume-files.js';

/** One running double; a new object after each restart. */
export interface Member {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly nodeName: string;
  readonly options: ServerOptions;
  /** The loopback port for the client port of the pod. */
  readonly port: number;
  /** The loopback port for its port with TLS, if it has one. */
  readonly tlsPort: number | undefined;
  readonly switches: MemberSwitches;
  readonly cluster: MemberCluster;
  /** Why it did not join the cluster; undefined when it did. */
  readonly refusal: string | undefined;
}

export interface Members {
  list(): readonly Member[];
  find(podUid: string): Member | undefined;
  /** @throws Error that names the running members, when this one does not run. */
  get(name: string): Member;
  /**
   * Returns why the container of a pod cannot start, in kubelet's words; undefined when it can. The pod is
   * `namespace/name`.
   */
  startProblem(pod: string): string | undefined;
  /** Everything that clients tried to produce, in order, with its true fate. */
  readonly messages: readonly ProducedMessage[];
  /** Applies to messages accepted from now on; `{}` ends all faults. Counting restarts. */
  setMessageFaults(faults: MessageFaults): void;
  stop(): Promise<void>;
}

export interface MembersOptions {
  readonly view: ClusterView;
  readonly logs: ServerLogs;
  readonly references: (namespace: string) => References;
  readonly nodeIsAlive: (nodeName: string) => boolean;
  readonly cacheLimits?: CacheLimits;
  readonly clusterDomain?: string;
}

/** The interval of the power checks; sockets notice a power loss between two of them at once. */
const tickMs = 100;
const restartBackoffMs = 1000;
/**
 * How long a server runs after the deletion of its pod was requested. A kubelet deletes the pod when its container has
 * ended. kwok deletes it after a second, and then no client must find a server, however late we notice.
 */
const endingMs = 700;

interface Entry {
  readonly pod: MemberPod;
  readonly incarnation: string;
  readonly started: Promise<void>;
  member?: Member;
  problem?: string;
  retryAtMs?: number;
  /** Set while its pod is being deleted. */
  endsAtMs?: number;
  stop?: () => Promise<void>;
}

/**
 * Runs a double for each pod whose containers run, from Ready until shortly before the pod is deleted, its container
 * restarts, or its node loses power.
 */
export function runMembers({ view, logs, references, nodeIsAlive, ...settings }: MembersOptions): Members {
  const entries = new Map<string, Entry>();
  const messages: ProducedMessage[] = [];
  const membershipOf = createMembershipRegistry(view, Date.now);
  let faults: MessageFaults = {};
  let accepted = 0;
  let stopped = false;

  const running = (): Member[] => [...entries.values()].flatMap(({ member }) => member ?? []);
  const announce = (cluster: MemberCluster, text: string): void => {
    for (const member of running()) {
      if (member.cluster === cluster) logs.write(`${member.namespace}/${member.name}`, text);
    }
  };

  const start = async (entry: Entry): Promise<void> => {
    const { pod } = entry;
    const { name, namespace = '', uid = '' } = pod.metadata;
    const container = serverContainer(pod);
    const nodeName = pod.spec.nodeName ?? '';
    if (!container) throw new Error('the pod has no container');
    const environment = await resolveEnvironment(pod, container, references(namespace));
    const script = membersOfTutorialScript(pod, container, settings.clusterDomain ?? 'cluster.local');
    const options = readServerOptions(environment, script);
    const { encrypted } = options;
    const keystore = encrypted && {
      pfx: await readVolumeFile(pod, container, encrypted.keyStore, references(namespace)),
      passphrase: encrypted.password,
    };
    const { cluster, refusal } = membershipOf(pod, options);
    const cache = createMessageCache(Date.now, settings.cacheLimits);
    const append: typeof cache.append = (subject, message) => {
      if (entry.member?.switches.cutOff !== true) cache.append(subject, message);
    };
    const seat: Seat = {
      listen: options.clusterMemberListen,
      cache: { ...cache, append },
      isAlive: () => nodeIsAlive(nodeName),
    };
    const listener: MemberListener = await startMember({
      name,
      options,
      cluster,
      cache,
      keystore,
      decideFate: (subject, content) => fateOf(faults, (accepted += 1), subject, content),
      record: message => messages.push(message),
    });
    entry.stop = async () => {
      cluster.leave(seat);
      if (entry.member) announce(cluster, `INFO Member ${seat.listen} left`);
      await listener.stop();
    };
    if (entries.get(keyOf(pod)) !== entry) {
      await entry.stop();
      return;
    }
    const { port, tlsPort, switches } = listener;
    logs.begin(keyOf(pod), uid);
    for (const line of startLines(options, refusal)) logs.write(keyOf(pod), line);
    cluster.join(seat);
    entry.member = { namespace, name, uid, nodeName, options, port, tlsPort, switches, cluster, refusal };
    announce(cluster, `INFO Member ${seat.listen} joined`);
  };

  /** Ends the server of an entry. The entry stays, because its log is deleted with the pod. */
  const end = (entry: Entry): Promise<void> => {
    const ended = entry.stop?.();
    delete entry.member;
    delete entry.stop;
    return ended ?? entry.started;
  };

  const remove = (key: string, entry: Entry): Promise<void> => {
    entries.delete(key);
    return end(entry);
  };

  const add = (pod: MemberPod): void => {
    const entry: { -readonly [K in keyof Entry]: Entry[K] } = {
      pod,
      incarnation: incarnationOf(pod),
      started: Promise.resolve(),
    };
    entries.set(keyOf(pod), entry);
    entry.started = start(entry).catch((error: unknown) => {
      entry.problem = reasonOf(error);
      entry.retryAtMs = Date.now() + restartBackoffMs;
    });
  };

  const reconcile = (): void => {
    if (stopped) return;
    const pods = new Map(
      view
        .pods()
        .filter(runsServer)
        .map(pod => [keyOf(pod), pod]),
    );
    for (const [key, entry] of entries) {
      const pod = pods.get(key);
      if (isBeingDeleted(pod)) entry.endsAtMs ??= Date.now() + endingMs;
      if (entry.endsAtMs !== undefined && entry.endsAtMs <= Date.now()) void end(entry);
      const goesOn =
        pod && containersRun(pod) && incarnationOf(pod) === entry.incarnation && nodeIsAlive(pod.spec.nodeName ?? '');
      const retry = entry.retryAtMs !== undefined && entry.retryAtMs <= Date.now();
      if (!goesOn || retry) void remove(key, entry);
      if (!pod) logs.remove(key);
    }
    for (const [key, pod] of pods) {
      const serves = containersRun(pod) && isReady(pod) && !isBeingDeleted(pod) && nodeIsAlive(pod.spec.nodeName ?? '');
      if (!entries.has(key) && serves) add(pod);
    }
  };
  view.onChange(reconcile);
  const timer = setInterval(reconcile, tickMs);
  reconcile();

  return {
    list: running,
    find: podUid => running().find(({ uid }) => uid === podUid),
    get(name) {
      const member = running().find(candidate => candidate.name === name);
      if (member) return member;
      throw new Error(
        `${name} does not run; running: ${
          running()
            .map(other => other.name)
            .join(', ') || 'none'
        }`,
      );
    },
    startProblem: pod => entries.get(pod)?.problem,
    messages,
    setMessageFaults(next) {
      faults = next;
      accepted = 0;
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await Promise.all([...entries].map(([key, entry]) => remove(key, entry)));
    },
  };
}

/** Foreign pods may carry the label of the members; they run no server. */
function runsServer({ spec }: MemberPod): boolean {
  return spec.containers.some(({ name }) => name === 'migratorydata');
}

function isBeingDeleted(pod: MemberPod | undefined): boolean {
  return pod?.metadata.deletionTimestamp !== undefined;
}

function containersRun({ status }: MemberPod): boolean {
  return (
    status.phase === 'Running' && (status.containerStatuses ?? []).every(({ state }) => state?.running !== undefined)
  );
}

/** Changes when the pod is replaced or its container restarts. */
function incarnationOf({ metadata, status }: MemberPod): string {
  return `${metadata.uid ?? ''}/${status.containerStatuses?.[0]?.restartCount ?? 0}`;
}
