import type { Network } from '../../runtime/ports.js';

/** How the measurement reaches the cluster. */
export interface ClientEndpoint {
  /** The address of the client Service, such as `http://203.0.113.7`; called for each attempt, since node ports rotate. */
  readonly url: () => string;
  readonly network: Network;
  /** Set when it is not the way of a real client: what cannot be seen on it. */
  readonly blindSpot: string | undefined;
  /** The REST interface; undefined: messages are not measured. */
  readonly rest: { readonly subject: string; readonly token: string } | undefined;
}
