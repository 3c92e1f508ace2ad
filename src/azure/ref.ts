export interface GroupRef {
  /** Empty for the default subscription of the login. */
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

export interface ClusterRef extends GroupRef {
  readonly clusterName: string;
}
