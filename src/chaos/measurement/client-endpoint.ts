import type { MessageSettings } from '../../migratorydata/live-options.js';
import type { Network } from '../../runtime/ports.js';

/** How the measurement reaches the cluster. */
export interface ClientEndpoint {
  /**
   * The URL of the client Service, such as `http://203.0.113.7`. Called for each attempt, because node ports rotate.
   */
  readonly url: () => string;
  readonly network: Network;
  /** Set when real clients connect in another way: what this endpoint cannot show. */
  readonly blindSpot: string | undefined;
  /** The REST API; undefined when messages are not measured. */
  readonly rest: MessageEndpoint | undefined;
}

/** How messages are published and read. */
export interface MessageEndpoint extends MessageSettings {
  readonly subject: string;
  readonly token: string;
}
