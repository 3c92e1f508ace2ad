import { createServer, type Server } from 'node:http';

import type { MemberFault } from '../workload/member.js';
import { fateOf, type FaultSelection, type Fate } from '../workload/message-faults.js';
import type { ProducedMessage } from '../workload/rest.js';

/** What a running server does wrong. Nothing by default. */
export interface ServerFaults {
  readonly drop?: Pick<FaultSelection, 'everyNth'>;
  readonly duplicate?: Pick<FaultSelection, 'everyNth'>;
  readonly reorder?: Pick<FaultSelection, 'everyNth'>;
  readonly member?: Exclude<MemberFault, 'refuse'>;
  /** As coordinator, it acknowledges a message two seconds before the others get it: when it ends, they never do. */
  readonly acknowledgesEarly?: true;
  /** Without a majority, it accepts messages for itself. */
  readonly answersWithoutQuorum?: true;
  /** Megabytes that it takes each second and never gives back. */
  readonly leaksPerSecond?: number;
}

/** What a server says of itself on its control port. */
export interface ServerState {
  readonly isCoordinator: boolean;
  /** What clients tried to produce at this member since its faults were set, with its true fate. */
  readonly messages: readonly ProducedMessage[];
  /** The addresses that clients had since its faults were set. */
  readonly clients: readonly string[];
}

/** The port of a server for the tests, which the Services of a deployment do not have. */
export const controlPort = 8899;

export interface Control {
  readonly server: Server;
  faults(): ServerFaults;
  decideFate(subject: string, content: string): Fate;
  record(message: ProducedMessage): void;
  seeClient(address: string): void;
}

/** Creates the server that answers `GET /` with a {@link ServerState}, and sets the faults of the body of a `PUT /`. */
export function createControl(isCoordinator: () => boolean): Control {
  let faults: ServerFaults = {};
  let messages: ProducedMessage[] = [];
  let accepted = 0;
  const clients = new Set<string>();
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      if (request.method === 'PUT') {
        [faults, messages, accepted] = [JSON.parse(text) as ServerFaults, [], 0];
        clients.clear();
      }
      const state: ServerState = { isCoordinator: isCoordinator(), messages, clients: [...clients] };
      response.end(JSON.stringify(state));
    });
  });
  return {
    server,
    faults: () => faults,
    decideFate: (subject, content) => fateOf(faults, (accepted += 1), subject, content),
    record: message => messages.push(message),
    seeClient: address => clients.add(address),
  };
}
