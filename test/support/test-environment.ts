import { AsyncLocalStorage } from 'node:async_hooks';
import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';

/** The storages in use since the last test file of this process. */
const storages = new Set<AsyncLocalStorage<unknown>>();
// oxlint-disable-next-line typescript/unbound-method -- the function below passes its own `this` on
const { run } = AsyncLocalStorage.prototype;

AsyncLocalStorage.prototype.run = function (this: AsyncLocalStorage<unknown>, ...args: Parameters<typeof run>) {
  storages.add(this);
  return run.apply(this, args);
};

/**
 * The environment of all tests. jest-circus 30 leaves a storage behind for each test file, and Node 20 and 22 then visit
 * all of them for each promise: a worker becomes slower with each file. This environment disables them ("Class:
 * AsyncLocalStorage" of the Node documentation).
 */
export default class TestEnvironment extends NodeEnvironment {
  override async teardown(): Promise<void> {
    for (const storage of storages) storage.disable();
    storages.clear();
    await super.teardown();
  }
}
