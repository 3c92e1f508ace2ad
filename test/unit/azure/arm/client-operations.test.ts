import { describe, expect, it } from '@jest/globals';
import { existingLogin } from '../../../../src/azure/cli/login.js';
import { restartMachine, startMachine } from '../../../../src/azure/machines/machine-requests.js';
import { ManualClock } from '../../fakes.js';
import { absent, type Lab, labWith, machine, prints, refused, rejection } from '../fixtures.js';
import { type Answer, endpoint, type ScriptedAzure } from '../scripted-azure.js';

const operation = `${endpoint}/x/operations/op-1?api-version=2024-07-01`;
const location = `${endpoint}/x/results/r-1?api-version=2024-07-01`;
const asyncOperation = { 'azure-asyncoperation': operation };
const accepted: Answer = { status: 202, headers: asyncOperation };
const running = prints({ status: 'InProgress' });
const succeeded = prints({ status: 'Succeeded' });
const lost = { lost: 'socket hang up' };

/** A lab where the operation on a machine is accepted and its polls have these answers. */
function polled(...answers: readonly Answer[]): Lab {
  return labWith(script => script.on('POST ', accepted).on('GET operations/op-1', ...answers));
}

function methods(runner: ScriptedAzure): readonly string[] {
  return runner.lines().map(line => line.split(' {')[0] ?? '');
}

/** When the requests were sent, in milliseconds. */
function times({ calls }: Lab): readonly number[] {
  return calls.map(({ startedMs }) => startedMs);
}

describe('complete', () => {
  it('polls Azure-AsyncOperation rather than Location', async () => {
    const headers = { ...asyncOperation, location };
    const { azure, runner } = labWith(script =>
      script.on('POST ', { status: 202, headers }).on('GET operations/op-1', running, succeeded),
    );
    await azure.complete(startMachine(machine));
    expect(methods(runner)).toEqual(['POST aks-np-1/start', 'GET operations/op-1', 'GET operations/op-1']);
  });

  it.each<[string, Answer]>([
    ['a resource', prints({ name: 'aks-np-1' })],
    ['nothing', {}],
    ['204', { status: 204 }],
  ])('polls Location until it no longer responds with 202, but with %s', async (_, end) => {
    const { azure, runner } = labWith(script =>
      script.on('POST ', { status: 202, headers: { location } }).on('GET results/r-1', { status: 202 }, end),
    );
    await azure.complete(startMachine(machine));
    expect(methods(runner).slice(1)).toEqual(['GET results/r-1', 'GET results/r-1']);
  });

  it.each<[string, Answer]>([
    ['200 without a URL', { status: 200 }],
    ['202 without a URL', { status: 202 }],
    ['201 with the Location of the resource', { status: 201, headers: { location } }],
    ['204', { status: 204, headers: { ...asyncOperation, location } }],
  ])('does not poll after %s', async (_, answer) => {
    const { azure, runner } = labWith(script => script.on('POST ', answer));
    await azure.complete(startMachine(machine));
    expect(runner.requests).toHaveLength(1);
  });

  const allocation = { code: 'AllocationFailed', message: 'Allocation failed.' };
  it.each<[string, object, string, string]>([
    ['an error', { status: 'Failed', error: allocation }, 'azure-capacity', '(AllocationFailed) Allocation failed.'],
    [
      'an inner error',
      { status: 'Failed', error: { code: 'ResourceOperationFailure', message: 'see details', details: [allocation] } },
      'azure-capacity',
      '(ResourceOperationFailure) see details (AllocationFailed) Allocation failed.',
    ],
    [
      'an error as JSON in a message',
      { status: 'Failed', error: { code: 'DeploymentFailed', message: JSON.stringify({ error: allocation }) } },
      'azure-capacity',
      '(DeploymentFailed) (AllocationFailed) Allocation failed.',
    ],
    [
      'a cancellation',
      { status: 'Canceled', error: { code: 'AKSOperationPreempted', message: 'by another one' } },
      'azure-preempted',
      '(AKSOperationPreempted) by another one',
    ],
    [
      'no error',
      { status: 'Canceled' },
      'azure-failed',
      'the operation ended in state Canceled, and Azure gives no reason.',
    ],
  ])('throws the reason of a failed operation with %s', async (_, body, code, reason) => {
    const headers = { 'x-ms-request-id': 'req-9', 'x-ms-correlation-request-id': 'cor-9' };
    const { azure } = polled(running, { ...prints(body), headers });
    const error = await rejection(azure.complete(restartMachine(machine)));
    expect(error).toMatchObject({ code, message: `Could not reboot instance 3 of scale set aks-np-1: ${reason}` });
  });

  it('has the ids of the poll in the evidence of a failed operation', async () => {
    const headers = { 'x-ms-request-id': 'req-9', 'x-ms-correlation-request-id': 'cor-9' };
    const { azure } = polled({ ...prints({ status: 'Failed', error: allocation }), headers });
    const error = await rejection(azure.complete(restartMachine(machine)));
    expect((error as { evidence: string }).evidence).toMatch(/request id req-9\ncorrelation id cor-9$/);
  });

  it('polls twice a second at first, then less and less, when Azure requests no pause', async () => {
    const lab = polled(...Array<Answer>(12).fill(running), succeeded);
    await lab.azure.complete(startMachine(machine));
    const [posted = 0, ...polls] = times(lab);
    expect([posted, ...polls.slice(0, 8)]).toEqual([0, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000]);
    const pauses = polls.slice(1).map((ms, index) => ms - (polls[index] ?? 0));
    expect(pauses.at(-1)).toBeGreaterThan(500);
  });

  it.each<[string, Answer['headers'], number]>([
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['milliseconds', { 'retry-after-ms': '40', 'retry-after': '7' }, 40],
    ['x-ms-retry-after-ms', { 'x-ms-retry-after-ms': '1500' }, 1_500],
    [
      'a date, measured from the date of Azure',
      { 'retry-after': 'Thu, 01 Jan 2037 00:00:09 GMT', date: 'Thu, 01 Jan 2037 00:00:00 GMT' },
      9_000,
    ],
    ['0, which is no pause', { 'retry-after': '0' }, 500],
    ['0 ms, which is no pause', { 'retry-after-ms': '0' }, 500],
    [
      'a date in the past, which is no pause',
      { 'retry-after': 'Thu, 01 Jan 2026 00:00:00 GMT', date: 'Thu, 01 Jan 2026 00:00:05 GMT' },
      500,
    ],
    ['nonsense, which is no pause', { 'retry-after': 'soon' }, 500],
  ])('waits for the pause of Retry-After: %s', async (_, headers = {}, pauseMs) => {
    const lab = labWith(script =>
      script
        .on('POST ', { status: 202, headers: { ...asyncOperation, ...headers } })
        .on('GET operations/op-1', { ...running, headers }, succeeded),
    );
    await lab.azure.complete(startMachine(machine));
    expect(times(lab)).toEqual([0, pauseMs, 2 * pauseMs]);
  });

  it('gives up an operation that never ends at its limit, and does not send it again', async () => {
    const { azure, runner, clock } = polled(running);
    expect(await rejection(azure.complete(startMachine(machine)))).toMatchObject({
      code: 'command-timeout',
      message:
        'Could not start instance 3 of scale set aks-np-1: Azure accepted the request, but has not finished after 10m 00s.',
    });
    expect(clock.now()).toBe(600_000);
    expect(methods(runner).filter(line => line.startsWith('POST'))).toHaveLength(1);
  });

  it('survives lost polls, also more than a request is repeated', async () => {
    const { azure, runner } = polled(
      running,
      ...Array<Answer>(9).fill(lost),
      refused(503, 'ServiceUnavailable'),
      succeeded,
    );
    await azure.complete(restartMachine(machine));
    expect(methods(runner).filter(line => line.startsWith('POST'))).toHaveLength(1);
  });

  it('throws a lasting error of a poll, and never repeats a reboot because of it', async () => {
    const unauthorized = refused(401, 'InvalidAuthenticationToken');
    for (const [answer, code] of [
      [refused(403, 'AuthorizationFailed'), 'azure-forbidden'],
      [absent, 'azure-not-found'],
      [unauthorized, 'azure-not-logged-in'],
      [prints({ status: 'Failed', error: { code: 'TooManyRequests', message: 'no' } }), 'azure-throttled'],
    ] as const) {
      const session = { ...existingLogin(), renew: () => Promise.resolve(true) };
      const script = (runner: ScriptedAzure): unknown => runner.on('POST ', accepted).on('GET operations/op-1', answer);
      const { azure, runner } = labWith(script, session);
      expect(await rejection(azure.complete(restartMachine(machine)))).toMatchObject({ code });
      expect(methods(runner).filter(line => line.startsWith('POST'))).toHaveLength(1);
    }
  });

  it('takes a conflict of a poll (409) for the failure of the operation', async () => {
    const conflict = refused(409, 'Conflict', 'Run command extension execution is in progress.');
    const { azure, runner, clock } = polled(running, conflict);
    expect(await rejection(azure.complete(restartMachine(machine)))).toMatchObject({ code: 'azure-busy' });
    expect([clock.now(), methods(runner).length]).toEqual([1_000, 3]);
  });

  it('sends an idempotent request again when its operation ends because of another one', async () => {
    const busy = prints({ status: 'Failed', error: { code: 'AnotherOperationInProgress', message: 'no' } });
    const { azure, runner } = polled(busy, succeeded);
    await azure.complete(startMachine(machine));
    expect(methods(runner).filter(line => line.startsWith('POST'))).toHaveLength(2);
  });

  it('renews the token while it polls', async () => {
    const headers = { 'retry-after': '600' };
    const slow = { ...running, headers };
    const { azure, runner } = labWith(script =>
      script.on('POST ', accepted).on('GET operations/op-1', ...Array<Answer>(12).fill(slow), succeeded),
    );
    await azure.complete({ ...startMachine(machine), operationMs: 3 * 3_600_000 });
    const tokens = runner.requests.map(({ headers: sent }) => sent['authorization']);
    expect([...new Set(tokens)]).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-3']);
    expect(tokens.indexOf('Bearer token-2')).toBe(7);
  });

  it('ends at once when the run is cancelled in a pause', async () => {
    const cancel = new AbortController();
    class CancellingClock extends ManualClock {
      override sleep(ms: number, signal: AbortSignal): Promise<void> {
        cancel.abort(new Error('cancelled'));
        return super.sleep(ms, signal);
      }
    }
    const script = (runner: ScriptedAzure): unknown => runner.on('POST ', accepted);
    const { azure, runner, clock } = labWith(script, existingLogin(), cancel.signal, new CancellingClock());
    expect(await rejection(azure.complete(startMachine(machine)))).toMatchObject({ message: 'cancelled' });
    expect([clock.now(), runner.requests.length]).toEqual([0, 1]);
  });
});

describe('begin', () => {
  it('returns when Azure has accepted the request, and waits for the end only if asked', async () => {
    const { azure, runner } = polled(running, succeeded);
    const started = await azure.begin(startMachine(machine));
    expect(runner.requests).toHaveLength(1);
    await started.ended(60_000);
    expect(runner.requests).toHaveLength(3);
  });
});
