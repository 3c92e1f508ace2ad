import type { Json } from './objects.js';
import { sorted } from './store.js';

/**
 * The owner of each field of one object, as in "Server-Side Apply" of the Kubernetes documentation, with one
 * simplification: every list has one owner.
 */
export class FieldOwners {
  readonly #applied = new Map<string, Set<string>>();

  /** Returns a copy for a trial. */
  copy(): FieldOwners {
    const copy = new FieldOwners();
    for (const [manager, paths] of this.#applied) copy.#applied.set(manager, new Set(paths));
    return copy;
  }

  /** Returns the object after an apply, or the fields that others own with another value. */
  apply(
    before: Json,
    configuration: Json,
    manager: string,
    force: boolean,
  ): { readonly object: Json } | { readonly conflicts: readonly string[] } {
    const wanted = new Map(leavesOf(configuration));
    const others = [...this.#applied].filter(([name]) => name !== manager);
    const present = new Map(leavesOf(before).map(([path, value]) => [path, textOf(value)]));
    const conflicts = [...wanted].flatMap(([path, value]) =>
      others.some(([, paths]) => paths.has(path)) && present.get(path) !== textOf(value) ? [path] : [],
    );
    if (conflicts.length > 0 && !force) return { conflicts };
    for (const [, paths] of others) for (const path of conflicts) paths.delete(path);

    const dropped = [...(this.#applied.get(manager) ?? [])].filter(
      path => !wanted.has(path) && !others.some(([, paths]) => paths.has(path)),
    );
    this.#applied.set(manager, new Set(wanted.keys()));
    let object = before;
    for (const path of dropped) object = withField(object, path.split('\0'), undefined);
    for (const [path, value] of wanted) object = withField(object, path.split('\0'), value);
    return { object };
  }

  /** An update makes its author the only owner of the fields it changed. */
  update(before: Json, after: Json, manager: string): void {
    const former = new Map(leavesOf(before).map(([path, value]) => [path, textOf(value)]));
    const changed = leavesOf(after).flatMap(([path, value]) => (former.get(path) === textOf(value) ? [] : [path]));
    for (const paths of this.#applied.values()) for (const path of changed) paths.delete(path);
    const own = this.#applied.get(manager) ?? new Set();
    for (const path of changed) own.add(path);
    this.#applied.set(manager, own);
  }
}

/** Fields that identify the object, and those that the server sets, have no owner. */
const identity = /^(apiVersion|kind|status(\0.*)?|metadata\0(?!labels|annotations).*)$/;

function leavesOf(value: Json, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    const path = prefix === '' ? key : `${prefix}\0${key}`;
    if (identity.test(path)) return [];
    const nested = typeof item === 'object' && item !== null && !Array.isArray(item) && Object.keys(item).length > 0;
    return nested ? leavesOf(item as Json, path) : [[path, item]];
  });
}

function withField(object: Json, [key = '', ...rest]: readonly string[], value: unknown): Json {
  const inner = rest.length === 0 ? value : withField((object[key] ?? {}) as Json, rest, value);
  if (inner !== undefined) return { ...object, [key]: inner };
  return Object.fromEntries(Object.entries(object).filter(([other]) => other !== key));
}

function textOf(value: unknown): string {
  return JSON.stringify(sorted(value));
}
