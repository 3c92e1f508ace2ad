import { describe, expect, it } from '@jest/globals';
import type { ClientEndpoint } from '../../../../src/chaos/measurement/client-endpoint.js';
import { startMeasurement } from '../../../../src/chaos/measurement/measurement.js';
import { ScriptedNetwork } from '../../fakes.js';
import { FakeCluster } from '../../kubernetes/fake-cluster.js';
import { namespace, setOf } from '../../kubernetes/samples.js';

const members = { namespace, name: 'migratorydata', labels: 'app=migratorydata' };
const rest = { subject: '/a/b', token: 'token' };

/** Refuses the first connections, and the first messages. */
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

/** What is told of a measurement that is never clean. */
async function unsteadyWith(endpoint: Pick<ClientEndpoint, 'network' | 'rest'>): Promise<string> {
  await using cluster = await FakeCluster.start();
  const ending = new AbortController();
  const measuring = await startMeasurement({
    ...{ api: cluster.api(ending.signal), members, serviceName: 'cs', targets: [], intervalMs: 20 },
    statefulSet: setOf(3),
    endpoint: { url: () => 'http://server', blindSpot: undefined, ...endpoint },
  });
  expect(await measuring.waitUntilSteady(10_000, 400, ending.signal)).toBe(false);
  const told = measuring.describeFailures();
  ending.abort(new Error('enough'));
  await measuring.close();
  return told;
}

describe('what is not steady', () => {
  it('names connections and messages, both of which must be clean', async () => {
    const told = await unsteadyWith({ network: networkThatRefuses(3, 1), rest });
    expect(told).toMatch(/^3 of \d+ connections and 1 of \d+ messages failed$/);
  });

  it('does not name messages where none are sent', async () => {
    const told = await unsteadyWith({ network: networkThatRefuses(2, 0), rest: undefined });
    expect(told).toMatch(/^2 of \d+ connections failed$/);
  });
});
