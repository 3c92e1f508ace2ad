import { describe, expect, it } from '@jest/globals';
import { startFront } from './front.js';

describe('the front of a cluster', () => {
  it('shows the welcome page, and keeps messages by subject', async () => {
    await using front = await startFront();
    const url = `http://127.0.0.1:${front.port}`;
    expect(await (await fetch(url)).text()).toContain('MigratoryData');
    const send = (): Promise<unknown> =>
      fetch(`${url}/rest/produce?subject=%2Fa&token=t`, { method: 'POST', body: 'hello' }).then(reply => reply.json());
    const read = async (): Promise<unknown> => (await fetch(`${url}/rest/consume?subject=%2Fa&token=t`)).json();
    expect(await send()).toEqual({ subject: '/a', status: 'OK' });
    expect(await read()).toMatchObject({ messages: [{ content: 'hello', seq: 1 }] });
    front.mode = 'loses-messages';
    expect(await send()).toEqual({ subject: '/a', status: 'OK' });
    expect(await read()).toMatchObject({ messages: [{ content: 'hello' }] });
    front.mode = 'refuses-messages';
    expect(await send()).toEqual({ subject: '/a', status: 'FAILED' });
    front.mode = 'no-welcome-page';
    expect((await fetch(url)).status).toBe(404);
    expect(front.requests.slice(0, 2)).toEqual(['GET /', 'POST /rest/produce']);
    expect(front.requests.join()).not.toContain('token');
  });
});
