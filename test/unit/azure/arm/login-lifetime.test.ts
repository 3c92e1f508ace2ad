import { describe, expect, it } from '@jest/globals';
import { planOutlivesLogin } from '../../../../src/azure/arm/login-lifetime.js';
import { type Lab, labWith, prints } from '../fixtures.js';
import { subscriptionId } from '../scripted-azure.js';

/** The first token lasts an hour; az needs five minutes of it to ask for another one. */
const usableMs = 55 * 60_000;
const application = { type: 'servicePrincipal', name: '0b1f6471-1bf0-4dda-aec3-cb9272f09590' };
const machine = { type: 'servicePrincipal', name: 'systemAssignedIdentity', assignedIdentityInfo: 'MSI' };

function labOf(user: unknown): Lab {
  return labWith(script => script.on('az account show', prints({ id: subscriptionId, user })));
}

describe('planOutlivesLogin', () => {
  it('asks nobody who is logged in if the plan ends before the first token', async () => {
    const { azure, runner } = labOf(application);
    expect(await planOutlivesLogin(azure, subscriptionId, usableMs)).toBeUndefined();
    expect(runner.commands).toEqual([]);
  });

  it.each([
    ['a user', { type: 'user', name: 'kim@example.com' }],
    ['the identity of the machine', machine],
    ['an identity assigned to the machine', { ...machine, name: 'userAssignedIdentity' }],
  ])('allows a longer plan with %s, whose token az renews', async (_, user) => {
    const { azure, runner } = labOf(user);
    expect(await planOutlivesLogin(azure, subscriptionId, usableMs + 1)).toBeUndefined();
    expect(runner.lines()).toEqual([`az account show --subscription ${subscriptionId} --only-show-errors -o json`]);
  });

  it.each([
    ['a service principal', application],
    ['somebody unknown', null],
  ])('refuses a longer plan with %s', async (_, user) => {
    expect(await planOutlivesLogin(labOf(user).azure, '', 90 * 60_000)).toMatchObject({
      code: 'azure-not-logged-in',
      message:
        'The plan may take 90 minutes and ends with a deletion, but the login of an earlier step can be used for 55 minutes and cannot be renewed.',
    });
  });
});
