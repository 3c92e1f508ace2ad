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
  'tls-untrusted': {
    transient: false,
    meaning: 'The certificate of the client endpoint is not signed by an authority that the runner trusts.',
    hint: 'Set `tls-ca` to a file with the certificate of its authority; if that is a public one, put the certificates in between into the keystore of `tls-secret`.',
  },
  'tls-expired': {
    transient: false,
    meaning: 'The certificate of the client endpoint has expired, or is not valid yet.',
    hint: 'Store a keystore with a new certificate in a new Secret, set `tls-secret` to its name, and deploy; check the clock of the runner if the certificate is new.',
  },
  'tls-wrong-host': {
    transient: false,
    meaning: 'The certificate of the client endpoint is for other host names.',
    hint: 'Set `public-url` to an address with a host name of the certificate, or `tls-secret` to one with a certificate for this host.',
  },
  'delivery-failed': {
    transient: false,
    meaning: 'A message was not accepted, or did not arrive.',
    hint: 'Check the logs of the members in the report: the cluster may have no quorum, or may not have formed.',
  },
} as const satisfies CatalogueArea;
