import type { CatalogueArea } from './entry.js';

/** The client side of the cluster: load balancer, welcome page, connections and messages. */
export const serviceErrors = {
  'load-balancer-pending': {
    transient: true,
    meaning: 'The load balancer did not assign an address to the Service in time.',
    hint: 'Check the events of the Service in the report; raise `verify-timeout` if they show no error.',
  },
  'load-balancer-failed': {
    transient: false,
    meaning: 'The cloud provider cannot create the load balancer of the Service.',
    hint: 'Read the reason in the event above; it may be a `dns-label` that is in use, a quota, or a missing role assignment.',
  },
  'welcome-page-failed': {
    transient: true,
    meaning: 'The welcome page did not return the expected response.',
    hint: 'Check that the Service reaches the members and that `source-ranges` includes this runner; set `public-url` if clients use another address.',
  },
  'connect-failed': {
    transient: true,
    meaning: 'A TCP connection to the client endpoint could not be opened.',
    hint: 'Check the firewalls, that `source-ranges` includes this runner, and that the members are Ready.',
  },
  'delivery-failed': {
    transient: false,
    meaning: 'A message was not accepted, or did not arrive.',
    hint: 'Check the logs of the members in the report: the cluster may have no quorum, or may not have formed.',
  },
} as const satisfies CatalogueArea;
