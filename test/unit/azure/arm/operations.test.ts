import { describe, expect, it } from '@jest/globals';
import { deleteGroup } from '../../../../src/azure/cluster/group-requests.js';
import { restartMachine, startMachine } from '../../../../src/azure/machines/machine-requests.js';
import { fails, labWith, prints, ref, rejection } from '../fixtures.js';
import { type Answer, subscriptionId } from '../scripted-azure.js';

const machine = { subscriptionId, resourceGroup: 'MC_shop', scaleSet: 'vmss', instanceId: '0' };
const url = 'https://management.azure.com/subscriptions/s/operations/1';
const accepted: Answer = { status: 202, headers: { 'azure-asyncoperation': url } };
const succeeded = prints({ status: 'Succeeded' });

describe('an operation', () => {
  it.each([['(AuthorizationFailed) no'], ['(Throttled) slow']])(
    'that must not run twice is not requested again when its poll gets %s',
    async text => {
      const { azure, runner } = labWith(script =>
        script.on('POST vmss/restart', accepted).on('GET operations/1', fails(text), fails(text), succeeded),
      );
      await azure.complete(restartMachine(machine)).catch(() => undefined);
      expect(runner.lines().filter(line => line.startsWith('POST'))).toHaveLength(1);
    },
  );

  it('that may run twice is requested again when Azure failed', async () => {
    const failed = prints({ status: 'Failed', error: { code: 'InternalOperationError', message: 'Internal.' } });
    const { azure, runner } = labWith(script =>
      script.on('POST vmss/start', accepted).on('GET operations/1', failed, succeeded),
    );
    await azure.complete(startMachine(machine));
    expect(runner.lines().filter(line => line.startsWith('POST'))).toHaveLength(2);
  });

  it('has failed when the URL of its result responds with a conflict', async () => {
    const located: Answer = { status: 202, headers: { location: url } };
    const conflict: Answer = { ...fails('(InternalOperationError) Internal.'), status: 409 };
    const { azure, clock } = labWith(script =>
      script.on('DELETE resourceGroups/', located).on('GET operations/1', conflict),
    );
    const deletion = await azure.begin(deleteGroup(ref));
    expect(await rejection(deletion.ended(30 * 60_000))).toMatchObject({ code: 'azure-unavailable' });
    expect(clock.now()).toBeLessThan(10_000);
  });
});
