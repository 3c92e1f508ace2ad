export interface Message {
  readonly content: string;
  readonly closure: string;
  readonly epoch: number;
  readonly seq: number;
  readonly atMs: number;
}

/** The messages that one member remembers of each subject, until the member ends. */
export interface MessageCache {
  append(subject: string, message: Message): void;
  /** Returns the messages of a subject that have not expired, oldest first. */
  read(subject: string): readonly Message[];
  /** Copies everything that a peer remembers, as a joining member does. */
  copyFrom(peer: MessageCache): void;
  subjects(): readonly string[];
}

export interface CacheLimits {
  readonly expireMs: number;
  readonly messagesPerSubject: number;
}

/** The defaults of the server for CacheExpireTime and MaxCachedMessagesPerSubject. */
const defaultCacheLimits: CacheLimits = { expireMs: 180_000, messagesPerSubject: 1000 };

export function createMessageCache(now: () => number, limits: CacheLimits = defaultCacheLimits): MessageCache {
  const bySubject = new Map<string, Message[]>();
  const read = (subject: string): readonly Message[] => {
    const oldestMs = now() - limits.expireMs;
    return (bySubject.get(subject) ?? []).filter(({ atMs }) => atMs >= oldestMs);
  };
  return {
    append(subject, message) {
      const messages = bySubject.get(subject) ?? [];
      messages.push(message);
      if (messages.length > limits.messagesPerSubject) messages.shift();
      bySubject.set(subject, messages);
    },
    read,
    copyFrom(peer) {
      for (const subject of peer.subjects()) bySubject.set(subject, [...peer.read(subject)]);
    },
    subjects: () => [...bySubject.keys()],
  };
}
