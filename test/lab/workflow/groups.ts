/** The concurrency groups of a run. */
export interface Groups {
  /** Returns the groups that were entered so far, each once. */
  names(): readonly string[];
  /**
   * Waits for a group, in the order of the calls, as with `queue: max`. Resolves with a function that releases it.
   * @param held the groups of the job and the workflows around it
   * @throws Error when one of them holds the group, so that it would never be released
   */
  enter(group: string, held: readonly string[]): Promise<() => void>;
}

/** Creates free groups. There are no other runs, so nothing in progress is ever cancelled. */
export function createGroups(): Groups {
  const lasts = new Map<string, Promise<void>>();
  return {
    names: () => [...lasts.keys()],
    async enter(group, held) {
      if (group === '') return () => undefined;
      if (held.includes(group)) {
        throw new Error(`Canceling since a deadlock for concurrency group '${group}' was detected`);
      }
      const before = lasts.get(group);
      let leave = (): void => undefined;
      const mine = new Promise<void>(resolve => {
        leave = resolve;
      });
      lasts.set(group, mine);
      await before;
      return leave;
    },
  };
}
