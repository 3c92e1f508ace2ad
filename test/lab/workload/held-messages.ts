/** Messages that later ones overtake. */
export interface HeldMessages {
  /** Delivers a message after three more, or after two seconds when there are fewer. */
  hold(deliver: () => void): void;
  /** Counts a message that was delivered. */
  overtake(): void;
  clear(): void;
}

interface Held {
  readonly deliver: () => void;
  toOvertake: number;
}

/** With this number, the last one is sent long after the held one was acknowledged, even on a busy machine. */
const overtaking = 3;
const longestHoldMs = 2_000;

export function createHeldMessages(): HeldMessages {
  let held: Held[] = [];
  const release = (late: Held): void => {
    if (!held.includes(late)) return;
    held = held.filter(one => one !== late);
    late.deliver();
  };
  return {
    hold(deliver) {
      const late = { deliver, toOvertake: overtaking };
      held.push(late);
      setTimeout(() => {
        release(late);
      }, longestHoldMs).unref();
    },
    overtake() {
      for (const late of held) late.toOvertake -= 1;
      for (const late of held.filter(({ toOvertake }) => toOvertake <= 0)) release(late);
    },
    clear() {
      held = [];
    },
  };
}
