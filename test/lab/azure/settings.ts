import { everything } from './role.js';

/** Settings that a test may change while the stand-in runs. */
export interface Settings {
  /** The minimum duration of an operation, in milliseconds; a real create takes about six minutes. */
  lroMs: number;
  /**
   * The `retry-after-ms` of every response to a poll. Undefined sends none, as the real AKS: az then polls every 30
   * seconds.
   */
  pollAfterMs: number | undefined;
  /** The lifetime of an access token; az requests another one when less than five minutes are left. */
  accessTokenTtlMs: number;
  /** The lifetime of a federated token; those of GitHub live five minutes. */
  assertionTtlMs: number;
  /** The vCPUs that the subscription may use in a region. */
  regionalVcpuLimit: number;
  /** The vCPUs of one family that the subscription may use in a region. */
  familyVcpuLimit: number;
  /** Sizes that the subscription may not use: create refuses them, and `az vm list-skus` shows the restriction. */
  restrictedSizes: readonly string[];
  /** Zones, by size, in which the subscription may not use the size. */
  restrictedZones: Readonly<Record<string, readonly string[]>>;
  /** The length of the list of sizes without a filter. Undefined sends the catalogue only; Azure sends about 122 MB. */
  unfilteredSkusBytes: number | undefined;
  /** The number of items on a page of a list. Undefined puts all of them on one page. */
  pageSize: number | undefined;
  /** The actions of the role of every login, such as `Microsoft.Resources/tags/write`; `*` allows everything. */
  role: readonly string[];
  /** Namespaces for which the subscription is not registered, such as `Microsoft.Network`. */
  unregisteredProviders: readonly string[];
  /** Compares If-Match as it was sent. The entity tags of AKS have no quotes, and az sends them with quotes. */
  etagsVerbatim: boolean;
  /**
   * Refuses a second power request or run command on a machine while the first one runs, as Compute does. Otherwise
   * the second runs after the first.
   */
  machineConflicts: boolean;
}

export function defaultSettings(): Settings {
  return {
    lroMs: 300,
    pollAfterMs: 200,
    accessTokenTtlMs: 3_600_000,
    assertionTtlMs: 300_000,
    regionalVcpuLimit: 100,
    familyVcpuLimit: 100,
    restrictedSizes: [],
    restrictedZones: {},
    unfilteredSkusBytes: undefined,
    pageSize: undefined,
    role: [everything],
    unregisteredProviders: [],
    etagsVerbatim: false,
    machineConflicts: false,
  };
}
