/** A pod whose CPU is measured. */
export interface Consumer {
  readonly name: string;
  /** Whether it gets a share of the load: a running member. */
  readonly serves: boolean;
}

export interface CpuModel {
  /** Sets the total load of all clients, which the running members share evenly. */
  setLoad(load: { readonly totalMillicores: number }): void;
  /** Fixes the usage of one pod; undefined gives it its share again. */
  setPodUsage(podName: string, millicores: number | undefined): void;
  usageOf(consumers: readonly Consumer[]): ReadonlyMap<string, number>;
}

/** The usage of an idle JVM, in millicores. */
const idleMillicores = 20;

export function createCpuModel(): CpuModel {
  let totalMillicores = 0;
  const fixed = new Map<string, number>();
  return {
    setLoad(load) {
      totalMillicores = load.totalMillicores;
    },
    setPodUsage(podName, millicores) {
      if (millicores === undefined) fixed.delete(podName);
      else fixed.set(podName, millicores);
    },
    usageOf(consumers) {
      const serving = consumers.filter(({ serves }) => serves).length;
      const share = (serves: boolean): number => idleMillicores + (serves ? Math.round(totalMillicores / serving) : 0);
      return new Map(consumers.map(({ name, serves }) => [name, fixed.get(name) ?? share(serves)]));
    },
  };
}
