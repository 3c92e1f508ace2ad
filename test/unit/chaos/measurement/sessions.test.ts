import { describe, expect, it } from '@jest/globals';
import { openSessions } from '../../../../src/chaos/measurement/sessions.js';
import { ManualClock, ScriptedNetwork } from '../../fakes.js';

const { signal } = new AbortController();
const endpoint = { url: () => 'http://server', blindSpot: undefined, rest: undefined };

describe('persistent sessions', () => {
  it('are null, and not 0, on an endpoint without persistent connections', async () => {
    const sessions = await openSessions(new ManualClock(), { ...endpoint, network: new ScriptedNetwork() }, signal);
    expect(await sessions.stop()).toEqual({ opened: null, broken: null, hung: null });
  });
});
