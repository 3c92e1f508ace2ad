/** The concurrency groups of a run. */
export interface Groups {
  /** Those that were taken so far, each once. */
  names(): readonly string[];
  /**
   * Waits for a group, in the order of asking, as with `queue: max`; resolves with what gives it back.
   * @param held what the job and the workflows around it hold
   * @throws Error when it is held from inside, so that it would never come
   */
  enter(group: string, held: readonly string[]): Promise<() => void>;
}

/** Groups that nobody has. Other runs are not there, so that nothing in progress is ever cancelled. */
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
