import type { Gate } from './messages.js';

/** A gate that is closed: operations that come to it wait until `open()`. */
export function createGate(): Gate {
  let arrive: () => void = () => undefined;
  let open: () => void = () => undefined;
  const reached = new Promise<void>(resolve => {
    arrive = resolve;
  });
  const opened = new Promise<void>(resolve => {
    open = resolve;
  });
  return {
    reached,
    opened,
    arrive: () => {
      arrive();
    },
    open: () => {
      open();
    },
  };
}
