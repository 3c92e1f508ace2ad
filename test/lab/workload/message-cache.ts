export interface Message {
  readonly content: string;
  readonly closure: string;
  readonly epoch: number;
  readonly seq: number;
  readonly atMs: number;
}

/** What one member remembers of each subject; it dies with the member. */
export interface MessageCache {
  append(subject: string, message: Message): void;
  /** The messages of a subject that have not expired, oldest first. */
  read(subject: string): readonly Message[];
  /** Takes over everything a peer remembers, as a member does that joins. */
  copyFrom(peer: MessageCache): void;
  subjects(): readonly string[];
}

export interface CacheLimits {
  readonly expireMs: number;
  readonly messagesPerSubject: number;
}

/** The server's defaults of CacheExpireTime and MaxCachedMessagesPerSubject. */
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
