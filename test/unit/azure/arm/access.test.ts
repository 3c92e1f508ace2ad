import { describe, expect, it } from '@jest/globals';
import { type ArmAccessSource, createAccess } from '../../../../src/azure/arm/access.js';
import type { AzCommand } from '../../../../src/azure/cli/az-commands.js';
import { existingLogin } from '../../../../src/azure/cli/login.js';
import { ManualClock, MemoryFiles, someRun } from '../../fakes.js';
import { rejection } from '../fixtures.js';
import { subscriptionId } from '../scripted-azure.js';

const other = '11111111-2222-3333-4444-555555555555';
const hourMs = 3_600_000;
const file = '/tmp/runner/migratorydata-aks-cloud.json';
const { signal } = new AbortController();

/** A clock whose date is wrong by a constant. */
class WrongClock extends ManualClock {
  readonly #wrongMs: number;

  constructor(wrongMs: number) {
    super();
    this.#wrongMs = wrongMs;
  }

  override date(): Date {
    return new Date(super.date().getTime() + this.#wrongMs);
  }
}

interface Setting {
  readonly files?: MemoryFiles;
  readonly clock?: ManualClock;
  readonly tenant?: string;
  readonly resourceManager?: string;
}

interface Lab {
  readonly access: ArmAccessSource;
  /** The az commands, without their flags. */
  readonly asked: readonly string[];
  readonly clock: ManualClock;
  readonly files: MemoryFiles;
  readonly hidden: readonly string[];
}

/** An az whose processes end in the next turn of the event loop. Token 1 is for the first request; each lasts an hour. */
function lab(setting: Setting = {}): Lab {
  const { files = new MemoryFiles(), clock = new ManualClock(), tenant = 'tenant-1' } = setting;
  const { resourceManager = 'https://management.azure.com/' } = setting;
  const [hidden, asked]: [string[], string[]] = [[], []];
  let tokens = 0;
  const answer = (command: AzCommand): object => {
    asked.push(command.argv.filter(word => !word.startsWith('-') && word !== 'json').join(' '));
    if (command.argv[0] === 'cloud') return { endpoints: { resourceManager } };
    tokens += 1;
    const expires_on = Date.UTC(2026, 0, 1) / 1000 + (clock.now() + hourMs) / 1000;
    return { accessToken: `token-${tokens}`, expires_on, subscription: subscriptionId, tenant };
  };
  const read = async <T>(command: AzCommand, parse: (json: unknown) => T, own: AbortSignal): Promise<T> => {
    const json = answer(command);
    await new Promise(setImmediate);
    own.throwIfAborted();
    return parse(json);
  };
  const hide = (secret: string): void => void hidden.push(secret);
  const access = createAccess({ clock, files, hide, run: someRun }, existingLogin(), read);
  return { access, asked, clock, files, hidden };
}

describe('createAccess', () => {
  it('starts one process for the token and one for the endpoint, also for requests at the same time', async () => {
    const { access, asked, hidden } = lab();
    const [first, second] = await Promise.all([access.get('', signal), access.get('', signal)]);
    expect(first).toEqual({ endpoint: 'https://management.azure.com', token: 'token-1', subscriptionId });
    expect(second).toEqual(first);
    await access.get('', signal);
    expect(asked).toEqual(['account get-access-token', 'cloud show']);
    expect(hidden).toEqual(['token-1']);
  });

  it('uses the token of the default subscription for requests that name that subscription, and no other', async () => {
    const { access, asked } = lab();
    await access.get('', signal);
    expect(await access.get(subscriptionId, signal)).toMatchObject({ token: 'token-1', subscriptionId });
    expect(await access.get(other, signal)).toMatchObject({ token: 'token-2', subscriptionId: other });
    expect(asked).toEqual(['account get-access-token', 'cloud show', `account get-access-token ${other}`]);
  });

  it('keeps the endpoint, but not the token, in a private file for the next step', async () => {
    const first = lab();
    await first.access.get('', signal);
    expect(first.files.modes.get(file)).toBe(0o600);
    expect([...first.files.texts.values()].join()).not.toContain('token-1');
    const next = lab({ files: first.files });
    expect((await next.access.get('', signal)).endpoint).toBe('https://management.azure.com');
    expect(next.asked).toEqual(['account get-access-token']);
  });

  it('asks for the endpoint again for another tenant, which may be in another cloud', async () => {
    const { files, access } = lab();
    await access.get('', signal);
    const china = lab({ files, tenant: 'tenant-2', resourceManager: 'https://management.chinacloudapi.cn' });
    expect((await china.access.get('', signal)).endpoint).toBe('https://management.chinacloudapi.cn');
    const later = lab({ files, tenant: 'tenant-2' });
    expect((await later.access.get('', signal)).endpoint).toBe('https://management.chinacloudapi.cn');
  });

  it.each(['http://management.azure.com', 'management.azure.com', 'ftp://management.azure.com', ''])(
    'refuses the endpoint "%s", from az and from the file',
    async resourceManager => {
      const wrong = lab({ resourceManager });
      expect(await rejection(wrong.access.get('', signal))).toMatchObject({ name: 'TypeError' });
      expect(wrong.files.texts.size).toBe(0);
      const { access, files, asked } = lab();
      files.texts.set(file, JSON.stringify({ tenant: 'tenant-1', endpoint: resourceManager }));
      expect((await access.get('', signal)).endpoint).toBe('https://management.azure.com');
      expect(asked).toContain('cloud show');
    },
  );

  it('requests a new token 5 minutes before the end of the former one', async () => {
    const { access, clock, asked, hidden } = lab();
    await access.get('', signal);
    clock.advance(55 * 60_000 - 1);
    expect((await access.get('', signal)).token).toBe('token-1');
    clock.advance(1);
    const both = await Promise.all([access.get('', signal), access.get('', signal)]);
    expect(both.map(({ token }) => token)).toEqual(['token-2', 'token-2']);
    expect(asked).toHaveLength(3);
    expect(hidden).toEqual(['token-1', 'token-2']);
  });

  it.each([
    ['ahead', 2 * hourMs],
    ['behind', -2 * hourMs],
  ])('starts no process for each request when the clock is 2 hours %s', async (_, wrongMs) => {
    const { access, clock, asked } = lab({ clock: new WrongClock(wrongMs) });
    for (let count = 0; count < 30; count += 1) {
      await access.get('', signal);
      clock.advance(1_000);
    }
    expect(asked).toEqual(['account get-access-token', 'cloud show']);
  });

  it('does not fail a client that waits for the same token and endpoint when another one is cancelled', async () => {
    const { access, asked } = lab();
    const cancel = new AbortController();
    const cancelled = access.get('', cancel.signal);
    const others = [access.get('', signal), access.get('', signal)];
    cancel.abort(new Error('cancelled'));
    expect(await rejection(cancelled)).toMatchObject({ message: 'cancelled' });
    expect((await Promise.all(others)).map(({ token }) => token)).toEqual(['token-2', 'token-2']);
    expect(asked.filter(command => command === 'account get-access-token')).toHaveLength(2);
  });

  it('requests another token after forget, also when a process for the former one still runs', async () => {
    const { access } = lab();
    await access.get('', signal);
    access.forget();
    expect((await access.get('', signal)).token).toBe('token-2');
    access.forget();
    const early = access.get('', signal);
    await Promise.resolve();
    access.forget();
    const late = access.get('', signal);
    expect([(await early).token, (await late).token]).toEqual(['token-3', 'token-4']);
    expect((await access.get('', signal)).token).toBe('token-4');
  });

  it('returns when a token expires', async () => {
    expect((await lab().access.expiry('', signal)).toISOString()).toBe('2026-01-01T01:00:00.000Z');
  });
});
