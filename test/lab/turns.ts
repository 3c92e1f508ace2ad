/**
 * Returns a function that runs bodies one after the other, in the order of the calls. A body that fails does not stop
 * those after it.
 */
export function createTurns(): <T>(body: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return body => {
    const turn = last.then(body);
    last = turn.catch(() => undefined);
    return turn;
  };
}
