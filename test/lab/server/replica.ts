import { createHeldMessages } from '../workload/held-messages.js';
import type { Message, MessageCache } from '../workload/message-cache.js';
import type { Fate } from '../workload/message-faults.js';
import type { ServerFaults } from './control.js';

/** A message in the log that all members share. */
export interface Entry {
  /** Of the coordinator that took it. */
  readonly epoch: number;
  /** Empty for the first entry of a coordinator, which is no message. */
  readonly subject: string;
  readonly message: Message;
}

/** A request between members. */
export type PeerRequest =
  | {
      readonly kind: 'vote';
      readonly epoch: number;
      readonly from: string;
      readonly lastEpoch: number;
      readonly length: number;
    }
  | {
      readonly kind: 'append';
      readonly epoch: number;
      readonly from: string;
      /** The number of entries before the new ones, and the epoch of the last of these. */
      readonly length: number;
      readonly lastEpoch: number;
      readonly entries: readonly Entry[];
      readonly committed: number;
    }
  | {
      readonly kind: 'publish';
      readonly subject: string;
      readonly content: string;
      readonly closure: string;
      readonly cached: boolean;
      readonly fate: Fate;
    };

type Publication = Omit<Extract<PeerRequest, { kind: 'publish' }>, 'kind'>;

export interface PeerAnswer {
  readonly epoch: number;
  readonly accepted: boolean;
  /** How many entries the member has, after a refused `append` at most. */
  readonly length: number;
  /** Where a published message stands. */
  readonly position?: Position;
}

export interface Position {
  readonly epoch: number;
  readonly seq: number;
}

export interface ReplicaOptions {
  /** The entry of this member in the list of members. */
  readonly self: string;
  readonly members: readonly string[];
  readonly seedCount: number;
  readonly cache: MessageCache;
  /** Sends a request to a member; rejects when there is no answer in time. */
  readonly send: (member: string, request: PeerRequest) => Promise<PeerAnswer>;
  readonly log: (line: string) => void;
  readonly now: () => number;
  readonly random: () => number;
  readonly faults: () => Pick<ServerFaults, 'acknowledgesEarly' | 'answersWithoutQuorum'>;
}

const heartbeatMs = 150;
/** A coordinator that is silent for this time, and up to twice as long, is replaced. */
const silenceMs = 700;
/** A message that no majority has confirmed by then was not accepted. */
const acceptMs = 3_000;
/** After this time, a coordinator that acknowledges too early sends a message to the others. */
const lateMs = 2_000;
/** A member that has just started has forgotten everything: first it gives a coordinator the time to find it. */
const freshMs = 2_000;

/**
 * One member of a cluster that keeps its messages in memory: Raft (raft.github.io, figure 2 of the paper) without a disk.
 * The seed members elect a coordinator, which numbers the messages; one is accepted when a majority of the seed members
 * has it. Each election raises the epoch. What a restarted member has forgotten, the coordinator sends again.
 */
export class Replica {
  readonly #options: ReplicaOptions;
  readonly #seeds: readonly string[];
  readonly #startedMs: number;
  readonly #log: Entry[] = [];
  readonly #seqs = new Map<string, number>();
  /** How many entries of each other member are known to be those of the coordinator. */
  readonly #matched = new Map<string, number>();
  readonly #answeredMs = new Map<string, number>();
  readonly #sending = new Set<string>();
  readonly #held = createHeldMessages();
  #epoch = 0;
  #votedIn = 0;
  #committed = 0;
  #coordinator: string | undefined;
  #heardMs: number;
  #patienceMs: number;
  #waiting: { readonly length: number; readonly done: (isAccepted: boolean) => void }[] = [];

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.#seeds = options.members.slice(0, options.seedCount);
    this.#startedMs = options.now();
    this.#heardMs = this.#startedMs;
    this.#patienceMs = this.#drawPatience();
  }

  /** Does what time has made due; to be called more often than a heartbeat. */
  tick(): void {
    const nowMs = this.#options.now();
    if (this.isCoordinator()) {
      if (nowMs - this.#heardMs >= heartbeatMs) this.#sendAll();
      if (!this.hasQuorum())
        this.#waiting.splice(0).forEach(({ done }) => {
          done(false);
        });
      return;
    }
    const isFresh = this.#log.length === 0 && this.#epoch === 0 && nowMs - this.#startedMs < freshMs;
    if (!this.#isSeed() || isFresh || nowMs - this.#heardMs < this.#patienceMs) return;
    void this.#stand();
  }

  /** Returns whether a majority of the seed members works together, as far as this member knows. */
  hasQuorum(): boolean {
    const nowMs = this.#options.now();
    if (!this.isCoordinator()) return this.#coordinator !== undefined && nowMs - this.#heardMs < 2 * silenceMs;
    const answering = this.#seeds.filter(
      seed => seed === this.#options.self || nowMs - (this.#answeredMs.get(seed) ?? -Infinity) < 2 * silenceMs,
    );
    return answering.length >= this.#majority();
  }

  isCoordinator(): boolean {
    return this.#coordinator === this.#options.self;
  }

  /** Publishes a message through the coordinator. Resolves to undefined when it was not accepted. */
  async publish(message: Publication): Promise<Position | undefined> {
    const { acknowledgesEarly, answersWithoutQuorum } = this.#options.faults();
    if (answersWithoutQuorum && !this.hasQuorum()) return this.#keep(message);
    if (!this.isCoordinator()) {
      if (this.#coordinator === undefined) return undefined;
      const answer = await this.#options
        .send(this.#coordinator, { kind: 'publish', ...message })
        .catch(() => undefined);
      return answer?.position;
    }
    const { subject, content, closure, cached, fate } = message;
    const epoch = this.#epoch;
    const seq = this.#nextSeq(subject);
    const entry = { epoch, subject, message: { content, closure, epoch, seq, atMs: this.#options.now() } };
    const isLate = acknowledgesEarly === true || fate === 'reordered' || fate === 'dropped';
    if (!cached || isLate) {
      if (!this.hasQuorum()) return undefined;
      const appendLate = (): void => {
        if (this.isCoordinator() && this.#epoch === epoch) this.#add(entry);
      };
      if (fate === 'reordered') this.#hold(message, entry);
      else if (cached && fate !== 'dropped') setTimeout(appendLate, lateMs);
      return { epoch, seq };
    }
    if (fate === 'duplicated') this.#log.push(entry);
    const length = this.#log.length + 1;
    const accepted = new Promise<boolean>(done => {
      this.#waiting.push({ length, done });
      setTimeout(done, acceptMs, false).unref();
    });
    this.#add(entry);
    this.#held.overtake();
    return (await accepted) ? { epoch, seq } : undefined;
  }

  /** Answers a request of another member. */
  async answer(request: PeerRequest): Promise<PeerAnswer> {
    if (request.kind === 'publish') {
      const position = this.isCoordinator() ? await this.publish(request) : undefined;
      return { ...this.#said(position !== undefined), ...(position && { position }) };
    }
    return request.kind === 'vote' ? this.#vote(request) : this.#append(request);
  }

  #vote({ epoch, from, lastEpoch, length }: Extract<PeerRequest, { kind: 'vote' }>): PeerAnswer {
    const nowMs = this.#options.now();
    const hasCoordinator = this.#coordinator !== undefined && nowMs - this.#heardMs < silenceMs;
    const isBehind = lastEpoch < this.#lastEpoch() || (lastEpoch === this.#lastEpoch() && length < this.#log.length);
    const isFresh = this.#epoch === 0 && length === 0 && nowMs - this.#startedMs < freshMs;
    if (epoch <= Math.max(this.#epoch, this.#votedIn) || hasCoordinator || isBehind || isFresh)
      return this.#said(false);
    this.#votedIn = epoch;
    this.#heardMs = nowMs;
    this.#options.log(`INFO Voted for ${from} in epoch ${epoch}`);
    return this.#said(true);
  }

  #append(request: Extract<PeerRequest, { kind: 'append' }>): PeerAnswer {
    const { epoch, from, length, lastEpoch, entries, committed } = request;
    if (epoch < this.#epoch) return this.#said(false);
    if (this.#coordinator !== from || epoch > this.#epoch)
      this.#options.log(`INFO Coordinator is ${from}, epoch ${epoch}`);
    this.#epoch = epoch;
    this.#coordinator = from;
    this.#heardMs = this.#options.now();
    if (length > this.#log.length || this.#epochAt(length) !== lastEpoch) {
      return { ...this.#said(false), length: Math.min(this.#log.length, Math.max(0, length - 1)) };
    }
    for (const [offset, entry] of entries.entries()) {
      const at = length + offset;
      if (this.#log[at]?.epoch !== entry.epoch) this.#log.length = Math.min(this.#log.length, at);
      this.#log[at] ??= entry;
    }
    this.#commitTo(Math.min(committed, length + entries.length));
    return this.#said(true);
  }

  async #stand(): Promise<void> {
    const { self, send, log, now } = this.#options;
    const epoch = Math.max(this.#epoch, this.#votedIn) + 1;
    this.#votedIn = epoch;
    this.#heardMs = now();
    this.#patienceMs = this.#drawPatience();
    this.#coordinator = undefined;
    const request = {
      kind: 'vote',
      epoch,
      from: self,
      lastEpoch: this.#lastEpoch(),
      length: this.#log.length,
    } as const;
    const others = this.#seeds.filter(seed => seed !== self);
    const answers = await Promise.all(others.map(seed => send(seed, request).catch(() => undefined)));
    const votes = 1 + answers.filter(answer => answer?.accepted === true).length;
    if (votes < this.#majority() || this.#votedIn !== epoch || this.#epoch >= epoch) return;
    log(`INFO Elected as coordinator by ${votes} of ${this.#seeds.length} seed members, epoch ${epoch}`);
    this.#epoch = epoch;
    this.#coordinator = self;
    this.#seqs.clear();
    this.#matched.clear();
    this.#answeredMs.clear();
    for (const [index, answer] of answers.entries()) {
      if (answer?.accepted === true) this.#answeredMs.set(others[index] ?? '', now());
    }
    this.#log.push({ epoch, subject: '', message: { content: '', closure: '', epoch, seq: 0, atMs: now() } });
    this.#sendAll();
    this.#commit();
  }

  #sendAll(): void {
    this.#heardMs = this.#options.now();
    for (const member of this.#options.members) if (member !== this.#options.self) void this.#sendTo(member);
  }

  async #sendTo(member: string): Promise<void> {
    if (this.#sending.has(member)) return;
    this.#sending.add(member);
    const { self, send, now } = this.#options;
    const epoch = this.#epoch;
    const length = this.#matched.get(member) ?? this.#log.length;
    const entries = this.#log.slice(length);
    const place = { length, lastEpoch: this.#epochAt(length), entries, committed: this.#committed };
    const answer = await send(member, { kind: 'append', epoch, from: self, ...place }).catch(() => undefined);
    this.#sending.delete(member);
    if (answer === undefined || this.#epoch !== epoch || !this.isCoordinator()) return;
    if (answer.epoch > epoch) {
      this.#coordinator = undefined;
      return;
    }
    this.#answeredMs.set(member, now());
    this.#matched.set(member, answer.accepted ? length + entries.length : answer.length);
    this.#commit();
    if ((this.#matched.get(member) ?? 0) < this.#log.length) void this.#sendTo(member);
  }

  /** Accepts what a majority of the seed members has. */
  #commit(): void {
    if (!this.isCoordinator()) return;
    const lengths = this.#seeds
      .map(seed => (seed === this.#options.self ? this.#log.length : (this.#matched.get(seed) ?? 0)))
      .sort((a, b) => b - a);
    const agreed = lengths[this.#majority() - 1] ?? 0;
    // Entries of former coordinators are accepted with the first one of this epoch (section 5.4.2 of the paper).
    if (agreed > this.#committed && this.#epochAt(agreed) === this.#epoch) this.#commitTo(agreed);
  }

  #commitTo(length: number): void {
    for (const { subject, message } of this.#log.slice(this.#committed, length)) {
      if (subject !== '') this.#options.cache.append(subject, message);
    }
    this.#committed = Math.max(this.#committed, length);
    const isDone = (waiting: { readonly length: number }): boolean => waiting.length <= this.#committed;
    for (const { done } of this.#waiting.filter(isDone)) done(true);
    this.#waiting = this.#waiting.filter(waiting => !isDone(waiting));
  }

  #add(entry: Entry): void {
    this.#log.push(entry);
    this.#sendAll();
    this.#commit();
  }

  /** Lets later messages overtake one. It is late and not lost, also when another coordinator takes over meanwhile. */
  #hold(message: Publication, entry: Entry): void {
    this.#held.hold(() => {
      if (this.isCoordinator() && this.#epoch === entry.epoch) {
        this.#add(entry);
        return;
      }
      void this.publish({ ...message, fate: 'stored' }).then(position => {
        if (position === undefined) this.#hold(message, entry);
      });
    });
  }

  /** Accepts a message that no other member gets, under a number that another one may get. */
  #keep({ subject, content, closure }: Publication): Position {
    const position = { epoch: this.#epoch, seq: this.#nextSeq(subject) };
    this.#options.cache.append(subject, { content, closure, ...position, atMs: this.#options.now() });
    return position;
  }

  #nextSeq(subject: string): number {
    const seq = (this.#seqs.get(subject) ?? 0) + 1;
    this.#seqs.set(subject, seq);
    return seq;
  }

  #said(accepted: boolean): PeerAnswer {
    return { epoch: this.#epoch, accepted, length: this.#log.length };
  }

  #epochAt(length: number): number {
    return this.#log[length - 1]?.epoch ?? 0;
  }

  #lastEpoch(): number {
    return this.#epochAt(this.#log.length);
  }

  #majority(): number {
    return Math.floor(this.#seeds.length / 2) + 1;
  }

  #isSeed(): boolean {
    return this.#seeds.includes(this.#options.self);
  }

  #drawPatience(): number {
    return silenceMs * (1 + this.#options.random());
  }
}
