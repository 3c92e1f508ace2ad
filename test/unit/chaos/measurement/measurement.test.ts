import { describe, expect, it } from '@jest/globals';
import type { ClientEndpoint } from '../../../../src/chaos/measurement/client-endpoint.js';
import { startMeasurement } from '../../../../src/chaos/measurement/measurement.js';
import { ScriptedNetwork } from '../../fakes.js';
import { FakeCluster } from '../../kubernetes/fake-cluster.js';
import { namespace, setOf } from '../../kubernetes/samples.js';

const members = { namespace, name: 'migratorydata', labels: 'app=migratorydata' };
const cache = { seconds: 180, messages: 1_000 };
const rest = { subject: '/a/b', token: 'token', deliveryMode: 'Guaranteed', cache };

/** Refuses the first connections and the first messages. */
function networkThatRefuses(connections: number, messages: number): ScriptedNetwork {
  const network = new ScriptedNetwork();
  const left = { connections, messages };
  network.answer = url => {
    if (url.includes('/consume')) return { text: '{"messages":[]}' };
    const kind = url.includes('/produce') ? 'messages' : 'connections';
    left[kind] -= 1;
    return left[kind] < 0 ? { text: '{"status":"OK"}' } : { status: 503 };
  };
  return network;
}

/** Returns the description of a measurement that never becomes steady. */
async function failuresWith(endpoint: Pick<ClientEndpoint, 'network' | 'rest'>): Promise<string> {
  await using cluster = await FakeCluster.start();
  const ending = new AbortController();
  const measuring = await startMeasurement({
    ...{ api: cluster.api(ending.signal), members, serviceName: 'cs', targets: [], stopsNodes: false },
    ...{ intervalMs: 20, clients: 24, connectElsewhere: undefined, inside: undefined },
    statefulSet: setOf(3),
    endpoint: { url: () => 'http://server', blindSpot: undefined, ...endpoint },
  });
  expect(await measuring.waitUntilSteady(10_000, 400, ending.signal)).toBe(false);
  const failures = measuring.describeFailures();
  ending.abort(new Error('enough'));
  await measuring.close();
  return failures;
}

describe('describeFailures', () => {
  it('counts the failures of connections and messages', async () => {
    const failures = await failuresWith({ network: networkThatRefuses(3, 1), rest });
    expect(failures).toMatch(/^3 of \d+ connections and 1 of \d+ messages failed$/);
  });

  it('omits messages when none are sent', async () => {
    const failures = await failuresWith({ network: networkThatRefuses(2, 0), rest: undefined });
    expect(failures).toMatch(/^2 of \d+ connections failed$/);
  });
});
