import type { Gate } from './messages.js';

/** Creates a closed gate: operations wait at it until `open()`. */
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
