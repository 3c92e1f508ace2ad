import { describe, expect, it } from '@jest/globals';
import { parseVersions, versionProblem } from '../../../../src/azure/preflight/kubernetes-versions.js';
import { missingActions, neededActions } from '../../../../src/azure/preflight/permissions.js';
import { joinProblems, type Preflight, preflightAzure } from '../../../../src/azure/preflight/preflight-checks.js';
import type { AzureTarget } from '../../../../src/azure/spec.js';
import {
  absent,
  clusterJson,
  fails,
  groupJson,
  labWith,
  owner,
  prints,
  ref,
  rejection,
  spec,
  verbs,
} from '../fixtures.js';
import type { ScriptedAzure } from '../scripted-azure.js';

const target: AzureTarget = {
  kind: 'aks',
  ...ref,
  resourceGroupGiven: true,
  credentials: 'auto',
  admitRunner: false,
};
const claim = { existingCluster: 'fail' as const, owner, creationId: 'c-9' };
const capabilities = [
  { name: 'vCPUs', value: '2' },
  { name: 'MemoryGB', value: '8' },
];
const size = {
  resourceType: 'virtualMachines',
  name: 'Standard_D2s_v5',
  family: 'f',
  locationInfo: [],
  restrictions: [],
  capabilities,
};
const versions = prints({
  values: [
    { version: '1.35', capabilities: { supportPlan: ['KubernetesOfficial'] }, patchVersions: { '1.35.4': {} } },
    { version: '1.30', capabilities: { supportPlan: ['AKSLongTermSupport'] }, patchVersions: { '1.30.9': {} } },
  ],
});

/** A subscription without problems, except for what `script` sets up first. */
function check(
  script: (runner: ScriptedAzure) => unknown,
  changes = {},
): { result: Promise<Preflight>; runner: ScriptedAzure } {
  const { azure, runner } = labWith(lab => {
    script(lab);
    lab
      .on('az version', prints({ 'azure-cli': '2.91.0' }))
      .on('GET subscriptions/', prints({ subscriptionId: ref.subscriptionId, displayName: 'Shop' }))
      .on('GET providers/Microsoft.', prints({ registrationState: 'Registered' }))
      .on('Authorization/permissions', prints([{ actions: ['*'], notActions: [] }]))
      .on('/kubernetesVersions', versions)
      .on('Compute/skus', prints([size, { resourceType: 'disks', name: 'Premium_LRS' }]))
      .on('/usages', prints([]))
      .on('GET resourceGroups/', absent)
      .on('GET managedClusters/', absent);
  });
  return { result: preflightAzure(azure, target, { ...spec, ...changes }, claim), runner };
}

describe('preflightAzure', () => {
  it('finds no problems and changes nothing', async () => {
    const { result, runner } = check(() => undefined);
    const { problems, warnings, notes, sizes } = await result;
    expect(problems).toEqual([]);
    expect(warnings).toEqual(['Standard_D2as_v5: it is not available in eastus.']);
    expect(sizes.map(({ name }) => name)).toEqual(['Standard_D2s_v5']);
    expect(notes).toContain('Logged in to subscription Shop (0b1f6471-1bf0-4dda-aec3-cb9272f09590)');
    expect(runner.requests.every(({ method }) => method === 'GET')).toBe(true);
    expect(verbs(runner).filter(line => line.startsWith('az '))).toEqual(['az version']);
  });

  it('stops at a missing login, because all other checks need it', async () => {
    const { result, runner } = check(script =>
      script.on('account get-access-token', fails("Please run 'az login' to setup account.")),
    );
    expect(await rejection(result)).toMatchObject({ code: 'azure-not-logged-in' });
    expect(runner.requests).toEqual([]);
  });

  it('collects all problems', async () => {
    const { result } = check(
      script =>
        script
          .on('GET providers/Microsoft.ContainerService', prints({ registrationState: 'NotRegistered' }))
          .on('Compute/skus', prints([]))
          .on('GET resourceGroups/', prints(groupJson()))
          .on('GET managedClusters/', prints(clusterJson())),
      { kubernetesVersion: '1.20' },
    );
    const { problems } = await result;
    expect(problems.map(({ code }) => code)).toEqual([
      'azure-provider-unregistered',
      'azure-version-unsupported',
      'azure-size-unavailable',
      'cluster-exists',
    ]);
    const joined = joinProblems(problems);
    expect(joined?.code).toBe('azure-provider-unregistered');
    expect(joined?.message.split('\n')).toHaveLength(5);
  });

  it('warns about the other providers of a cluster, with the command that registers them', async () => {
    const { result } = check(script =>
      script.on('GET providers/Microsoft.Network', prints({ registrationState: 'NotRegistered' })),
    );
    const { problems, warnings } = await result;
    expect(problems).toEqual([]);
    expect(warnings.join()).toContain(
      'Resource provider Microsoft.Network is NotRegistered in subscription 0b1f6471-1bf0-4dda-aec3-cb9272f09590. Run `az provider register --namespace Microsoft.Network`',
    );
  });

  it('is not ended by a check that cannot be made, and says what was not checked', async () => {
    const { result } = check(script => script.on('Compute/skus', fails('(ServiceUnavailable) later')));
    const { problems, warnings, sizes } = await result;
    expect([problems, sizes]).toEqual([[], []]);
    expect(warnings.join()).toContain('Not checked: node-vm-size and the quota.');
  });

  it('asks for the sizes of the location only, because all sizes have more than 100 MB', async () => {
    const { result, runner } = check(() => undefined);
    await result;
    const asked = runner.requests.find(({ url }) => url.includes('/skus'));
    expect(new URL(asked?.url ?? '').searchParams.get('$filter')).toBe("location eq 'eastus'");
  });

  it('warns about missing permissions, and continues if they cannot be read', async () => {
    const poor = check(script => script.on('/permissions', prints([{ actions: ['*/read'], notActions: [] }])));
    expect((await poor.result).warnings.join()).toContain('Microsoft.ContainerService/managedClusters/write');
    const unknown = check(script => script.on('/permissions', fails('(AuthorizationFailed) no')));
    expect((await unknown.result).problems).toEqual([]);
    expect((await unknown.result).warnings.join()).toContain('Not checked: the permissions of the login.');
  });

  it('rejects an existing node resource group', async () => {
    const { result } = check(
      script => script.on('GET resourceGroups/mc-shop', prints(groupJson({ name: 'mc-shop' }))),
      {
        nodeResourceGroup: 'mc-shop',
      },
    );
    expect((await result).problems).toMatchObject([{ code: 'azure-invalid' }]);
  });
});

describe('versionProblem', () => {
  const offered = parseVersions(JSON.parse(versions.stdout ?? ''));
  it.each([
    ['1.35', 'free', undefined],
    ['1.35.4', 'free', undefined],
    ['1.30', 'premium', undefined],
    ['1.30.9', 'free', 'is only available with long-term support, which requires tier premium'],
    ['1.3', 'free', 'is not available; the available versions are 1.35, 1.30'],
  ])('checks %s on tier %s', (wanted, tier, problem) => {
    expect(versionProblem(offered, wanted, tier)).toBe(problem);
  });
});

describe('missingActions', () => {
  it.each<[string, readonly string[], readonly string[], number]>([
    ['Owner', ['*'], [], 0],
    ['Contributor', ['*'], ['Microsoft.Authorization/*/Write'], 0],
    ['Reader', ['*/read'], [], neededActions.length],
    ['a role for AKS only', ['microsoft.containerservice/*'], [], 2],
    ['a role with an exception', ['*'], ['Microsoft.ContainerService/managedClusters/delete'], 1],
  ])('of %s', (_, actions, notActions, count) => {
    expect(missingActions([{ actions, notActions }], neededActions)).toHaveLength(count);
  });
});
