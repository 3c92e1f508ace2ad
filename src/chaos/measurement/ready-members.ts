import type { Transition } from './lanes.js';
import type { Span } from './outages.js';

/** Returns how many members were Ready at a time. */
export function countReady(transitions: readonly Transition[], atMs: number): number {
  const latest = new Map<string, Transition['state']>();
  for (const one of transitions) if (one.kind === 'member' && one.atMs <= atMs) latest.set(one.name, one.state);
  return [...latest.values()].filter(state => state === 'ready').length;
}

/**
 * Returns the times until `endMs` in which at least `count` members were Ready. A pod whose node is gone says that it is
 * Ready until the garbage collection of Kubernetes finds it, more than a minute later: it does not count.
 */
export function readySpans(transitions: readonly Transition[], count: number, endMs: number): readonly Span[] {
  const ready = new Map<string, string>();
  const gone = new Set<string>();
  const spans: Span[] = [];
  let fromMs: number | undefined;
  for (const { kind, name, state, node, atMs } of transitions) {
    if (kind === 'node') {
      if (state === 'absent') gone.add(name);
      else gone.delete(name);
    } else if (state === 'ready') ready.set(name, node);
    else ready.delete(name);
    if ([...ready.values()].filter(on => !gone.has(on)).length >= count) fromMs ??= atMs;
    else if (fromMs !== undefined) {
      spans.push({ fromMs, toMs: atMs });
      fromMs = undefined;
    }
  }
  return fromMs === undefined ? spans : [...spans, { fromMs, toMs: endMs }];
}

/** Returns the names of all members that were ever seen. */
export function knownMembers(transitions: readonly Transition[]): readonly string[] {
  return [...new Set(transitions.filter(({ kind }) => kind === 'member').map(({ name }) => name))];
}

/** Returns the names of the members that exist, according to the last transition of each. */
export function presentMembers(transitions: readonly Transition[]): readonly string[] {
  return knownMembers(transitions).filter(
    member => transitions.findLast(({ kind, name }) => kind === 'member' && name === member)?.state !== 'absent',
  );
}
