import type { CatalogueArea } from './entry.js';

/** What a client of the cluster meets: the load balancer, the welcome page, connections and messages. */
export const serviceErrors = {
  'load-balancer-pending': {
    transient: true,
    meaning: 'The Service got no address from the load balancer in time.',
    hint: 'Look at the events of the Service in the report; raise `verify-timeout` if they show no error.',
  },
  'load-balancer-failed': {
    transient: false,
    meaning: 'The cloud refuses to make the load balancer that the Service asks for.',
    hint: 'Read the reason in the event above; it may be a `dns-label` in use, a quota, or a missing role.',
  },
  'welcome-page-failed': {
    transient: true,
    meaning: 'The welcome page was not answered as expected.',
    hint: 'Check that the Service reaches the members and that `source-ranges` lets this runner in; give `verify-url` if clients come another way.',
  },
  'connect-failed': {
    transient: true,
    meaning: 'No TCP connection to the client address could be opened.',
    hint: 'Check firewalls and that `source-ranges` lets this runner in; look whether the members are Ready.',
  },
  'delivery-failed': {
    transient: false,
    meaning: 'A message was not accepted, or did not arrive.',
    hint: 'Look at the logs of the members in the report: the cluster may have no quorum, or not have formed.',
  },
} as const satisfies CatalogueArea;
