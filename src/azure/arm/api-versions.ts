/**
 * The api-version of each service that the action calls directly. Each one is stable, at least a year old, and listed in
 * the Azure REST API reference: a new version may change defaults, an old one keeps its meaning.
 */
export const apiVersions = {
  /** Resource groups, resources, tags, providers and subscriptions. */
  resources: '2021-04-01',
  managedClusters: '2025-07-01',
  scaleSets: '2024-07-01',
  skus: '2021-07-01',
  computeUsage: '2024-07-01',
  permissions: '2022-04-01',
  activityLog: '2015-04-01',
} as const;
