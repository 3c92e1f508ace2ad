import { afterEach, beforeEach } from '@jest/globals';

const names = ['https_proxy', 'http_proxy', 'all_proxy', 'no_proxy'].flatMap(name => [name, name.toUpperCase()]);

/** Removes the variables of a proxy before each test, and restores them after it. */
export function withoutProxy(): void {
  const saved = new Map<string, string | undefined>();
  const remove = (name: string): void => {
    // oxlint-disable-next-line typescript/no-dynamic-delete -- an assignment would set the text "undefined"
    delete process.env[name];
  };
  beforeEach(() => {
    for (const name of names) {
      saved.set(name, process.env[name]);
      remove(name);
    }
  });
  afterEach(() => {
    for (const [name, value] of saved) {
      if (value === undefined) remove(name);
      else process.env[name] = value;
    }
  });
}
