import { describe, expect, it } from '@jest/globals';
import { openSessions } from '../../../../src/chaos/measurement/sessions.js';
import { ManualClock, ScriptedNetwork } from '../../fakes.js';

const { signal } = new AbortController();
const endpoint = { url: () => 'http://server', blindSpot: undefined, rest: undefined };

describe('connections that stay', () => {
  it('are not measured on a way that has none, which is not the same as none', async () => {
    const sessions = await openSessions(new ManualClock(), { ...endpoint, network: new ScriptedNetwork() }, signal);
    expect(await sessions.stop()).toEqual({ opened: null, broken: null, hung: null });
  });
});
