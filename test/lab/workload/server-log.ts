export interface LogLine {
  readonly at: Date;
  readonly text: string;
}

/** The output of one container: of the current run and of the one before. */
export interface ContainerLog {
  readonly current: readonly LogLine[];
  readonly previous: readonly LogLine[] | undefined;
}

/** What containers print, kept by pod as a kubelet does. Pods are named `namespace/name`. */
export interface ServerLogs {
  read(pod: string): ContainerLog | undefined;
  /** Begins the log of a new container. With the same uid, the former run becomes the previous one. */
  begin(pod: string, uid: string): void;
  write(pod: string, text: string): void;
  /**
   * Sets the output of a container without a double, such as one that crashes at its start: lines for the current run,
   * for the previous one, or both. May be called before the pod exists, and has priority over the output of a double.
   */
  script(pod: string, lines: { readonly current?: readonly string[]; readonly previous?: readonly string[] }): void;
  remove(pod: string): void;
  /** Calls `onLine` for each new line of the current run of the pod, until the returned function is called. */
  follow(pod: string, onLine: (line: LogLine) => void): () => void;
}

interface Entry {
  uid: string;
  current: LogLine[];
  previous: LogLine[] | undefined;
}

export function createServerLogs(now: () => Date = () => new Date()): ServerLogs {
  const entries = new Map<string, Entry>();
  const scripts = new Map<string, ContainerLog>();
  const followers = new Map<string, Set<(line: LogLine) => void>>();
  const stamp = (lines: readonly string[]): LogLine[] => lines.map(text => ({ at: now(), text }));
  return {
    read: pod => scripts.get(pod) ?? entries.get(pod),
    begin(pod, uid) {
      const before = entries.get(pod);
      entries.set(pod, { uid, current: [], previous: before?.uid === uid ? before.current : undefined });
    },
    write(pod, text) {
      const line = { at: now(), text };
      entries.get(pod)?.current.push(line);
      if (!scripts.has(pod)) for (const onLine of followers.get(pod) ?? []) onLine(line);
    },
    script(pod, { current, previous }) {
      scripts.set(pod, { current: stamp(current ?? []), previous: previous && stamp(previous) });
    },
    remove(pod) {
      entries.delete(pod);
      scripts.delete(pod);
    },
    follow(pod, onLine) {
      const listeners = followers.get(pod) ?? new Set();
      followers.set(pod, listeners.add(onLine));
      return () => listeners.delete(onLine);
    },
  };
}

export interface LogQuery {
  readonly tailLines?: number;
  readonly sinceMs?: number;
  readonly timestamps: boolean;
  readonly limitBytes?: number;
}

/** Reads kubelet's query (tailLines, sinceSeconds, sinceTime, timestamps, limitBytes). */
export function readLogQuery(query: URLSearchParams, nowMs: number): LogQuery {
  const [tail, seconds, time, bytes] = ['tailLines', 'sinceSeconds', 'sinceTime', 'limitBytes'].map(name =>
    query.get(name),
  );
  return {
    timestamps: query.get('timestamps') === 'true',
    ...(tail ? { tailLines: Number(tail) } : {}),
    ...(seconds ? { sinceMs: nowMs - Number(seconds) * 1000 } : time ? { sinceMs: Date.parse(time) } : {}),
    ...(bytes ? { limitBytes: Number(bytes) } : {}),
  };
}

/** Returns the selected lines in kubelet's format, each with a line feed at its end. */
export function formatLog(lines: readonly LogLine[], query: LogQuery): string {
  const recent = lines.filter(({ at }) => query.sinceMs === undefined || at.getTime() >= query.sinceMs);
  const tail = query.tailLines === undefined ? recent : query.tailLines === 0 ? [] : recent.slice(-query.tailLines);
  const text = tail.map(line => formatLine(line, query)).join('');
  return query.limitBytes === undefined ? text : Buffer.from(text).subarray(0, query.limitBytes).toString('utf8');
}

export function formatLine({ at, text }: LogLine, { timestamps }: Pick<LogQuery, 'timestamps'>): string {
  return `${timestamps ? `${at.toISOString()} ` : ''}${text}\n`;
}
