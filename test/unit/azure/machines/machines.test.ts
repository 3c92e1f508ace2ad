import { describe, expect, it } from '@jest/globals';
import { formerBoundsTag, openMachines } from '../../../../src/azure/machines/machines.js';
import {
  absent,
  clusterJson,
  fails,
  labWith,
  machine,
  prints,
  ref,
  refused,
  rejection,
  type Lab,
} from '../fixtures.js';
import { type Answer, endpoint, type ScriptedAzure } from '../scripted-azure.js';

type Machines = ReturnType<typeof openMachines>;

function lab(script: (runner: ScriptedAzure) => unknown): Lab & { readonly machines: Machines } {
  const opened = labWith(runner => {
    script(runner);
    runner.on('GET managedClusters/', prints(clusterJson()));
  });
  return { ...opened, machines: openMachines(opened.azure, ref) };
}

const gone = refused(
  400,
  'InvalidParameter',
  'The provided instanceId 3 is not an active Virtual Machine Scale Set VM instanceId.',
);

describe('powerState', () => {
  const statuses = (...codes: readonly string[]): Answer => prints({ statuses: codes.map(code => ({ code })) });

  it.each<[string, Answer, string]>([
    ['running', statuses('ProvisioningState/succeeded', 'PowerState/running'), 'running'],
    ['stopped', statuses('PowerState/stopped'), 'stopped'],
    ['without a power state, such as in an update', statuses('ProvisioningState/updating'), 'unknown'],
    ['without a status', prints({}), 'unknown'],
    ['that does not exist', absent, 'deleted'],
    ['that is no longer in the scale set', gone, 'deleted'],
  ])('of a machine %s', async (_, answer, state) => {
    const { machines } = lab(runner => runner.on('3/instanceView', answer));
    expect(await machines.powerState(machine)).toBe(state);
  });

  it('throws another invalid parameter', async () => {
    const { machines } = lab(runner => runner.on('3/instanceView', refused(400, 'InvalidParameter', 'odd')));
    expect(await rejection(machines.powerState(machine))).toMatchObject({ code: 'azure-invalid' });
  });

  it('is not read outside the node resource group', async () => {
    const { machines, runner } = lab(() => undefined);
    const foreign = { ...machine, resourceGroup: 'MC_other' };
    expect(await rejection(machines.powerState(foreign))).toMatchObject({ code: 'machine-foreign' });
    expect(await rejection(machines.powerOff(foreign))).toMatchObject({ code: 'machine-foreign' });
    expect(runner.lines()).toEqual(['GET managedClusters/aks-shop']);
  });
});

describe('findByNode', () => {
  const instance = (instanceId: string, computerName: string): object => ({
    instanceId,
    properties: { osProfile: { computerName } },
  });
  const first = prints({ value: [instance('0', 'aks-np-1000000')], nextLink: `${endpoint}/x/more/2` });
  const second = prints({ value: [{ instanceId: '7' }, instance('3', 'AKS-np-1000003')] });

  it('finds a machine by the name of its node on any page, regardless of case', async () => {
    const { machines } = lab(runner => runner.on('/virtualMachines', first).on('more/2', second));
    expect(await machines.findByNode('aks-np-1', 'aks-np-1000003')).toEqual(machine);
    expect(await machines.findByNode('aks-np-1', 'aks-np-1000009')).toBeUndefined();
  });

  it('finds none in a scale set that does not exist', async () => {
    const { machines } = lab(runner => runner.on('/virtualMachines', absent));
    expect(await machines.findByNode('aks-np-1', 'aks-np-1000003')).toBeUndefined();
  });

  it('reads the node resource group once', async () => {
    const { machines, runner } = lab(script => script.on('/virtualMachines', second));
    await machines.findByNode('aks-np-1', 'x');
    await machines.withSignal(new AbortController().signal).findByNode('aks-np-1', 'x');
    expect(runner.lines().filter(line => line.includes('managedClusters'))).toHaveLength(1);
  });
});

describe('a fault', () => {
  const accepted: Answer = {
    status: 202,
    headers: { 'azure-asyncoperation': `${endpoint}/x/operations/op-1?api-version=1` },
  };
  const busy = refused(409, 'Conflict', 'The request failed due to conflict with a concurrent request.');
  const faults: readonly (readonly [string, (machines: Machines) => Promise<void>])[] = [
    ['powerOff', machines => machines.powerOff(machine)],
    ['restart', machines => machines.restart(machine)],
    ['stopKubelet', machines => machines.stopKubelet(machine, 60)],
    ['deleteMachine', machines => machines.deleteMachine('np', 'node-1')],
  ];
  const posts = ({ runner }: Lab): number => runner.lines().filter(line => line.startsWith('POST')).length;

  it.each(faults)('%s is skipped at once when Azure is busy', async (_, inject) => {
    const opened = lab(runner => runner.on('POST ', busy));
    const error = await rejection(inject(opened.machines));
    expect(error).toMatchObject({ code: 'experiment-skipped', cause: { code: 'azure-busy' } });
    expect([posts(opened), opened.clock.now()]).toEqual([1, 0]);
  });

  it.each(faults)('%s is not skipped when Azure has accepted it, and is not repeated', async (_, inject) => {
    const error = { code: 'Conflict', message: 'conflict with a concurrent request' };
    const ended = prints({ status: 'Failed', error });
    const opened = lab(runner => runner.on('POST ', accepted).on('GET operations/op-1', ended));
    expect(await rejection(inject(opened.machines))).toMatchObject({ code: 'azure-busy' });
    expect(posts(opened)).toBe(1);
  });

  it.each(faults)('%s tells when Azure accepts it, before it has ended', async (_, inject) => {
    const opened = lab(runner =>
      runner.on('POST ', accepted).on('GET operations/op-1', prints({ status: 'Succeeded' })),
    );
    const seen: string[] = [];
    const machines = opened.machines.withAcceptance(() => seen.push(opened.runner.lines().at(-1) ?? ''));
    await inject(machines.withFence(() => Promise.resolve()));
    expect(seen).toEqual([expect.stringMatching(/^POST /)]);
  });

  it.each(faults)('%s that Azure refuses is not told as accepted', async (_, inject) => {
    const opened = lab(runner => runner.on('POST ', busy));
    const seen: number[] = [];
    await rejection(inject(opened.machines.withAcceptance(() => seen.push(1))));
    expect(seen).toEqual([]);
  });

  it.each<[string, (machines: Machines) => Promise<void>]>([
    ['start', machines => machines.start(machine)],
    ['startKubelet', machines => machines.startKubelet(machine)],
  ])('is reverted with patience by %s', async (_, revert) => {
    const opened = lab(runner => runner.on('POST ', ...Array<Answer>(30).fill(busy), {}));
    await revert(opened.machines);
    expect(posts(opened)).toBe(31);
  });
});

describe('describeOperation', () => {
  it.each<[string, Parameters<typeof clusterJson>[0], string | undefined]>([
    ['of a cluster at rest', {}, undefined],
    ['of a cluster that is upgraded', { provisioningState: 'Upgrading' }, 'cluster aks-shop is Upgrading'],
    [
      'of a pool that is scaled',
      {
        agentPoolProfiles: [
          { name: 'a', provisioningState: 'Succeeded' },
          { name: 'b', provisioningState: 'Scaling' },
        ],
      },
      'node pool b is Scaling',
    ],
    ['of a pool without a state', { agentPoolProfiles: [{ name: 'a' }] }, 'node pool a is in an unknown state'],
  ])('%s', async (_, changes, operation) => {
    const { azure } = labWith(runner => runner.on('GET managedClusters/', prints(clusterJson(changes))));
    expect(await openMachines(azure, ref).describeOperation()).toBe(operation);
  });
});

describe('the bounds of a pool', () => {
  const pool = (eTag: string, tags: object = { team: 'shop' }): Answer =>
    prints({
      name: 'np',
      properties: {
        count: 3,
        enableAutoScaling: true,
        minCount: 1,
        maxCount: 3,
        provisioningState: 'Succeeded',
        tags,
        eTag,
      },
    });
  const changed = fails('(EtagMismatch) Etag mismatched. If-Match condition');
  const bounds = { minCount: 2, maxCount: 5 };

  /** The conditions and tags of the updates. */
  function updates(runner: ScriptedAzure): readonly string[] {
    const lines = runner.lines().filter(line => line.includes('nodepool update'));
    return lines.map(line => /--max-count \d+ (.*) --only-show-errors/.exec(line)?.[1] ?? line);
  }

  async function raise(pools: readonly Answer[], answers: readonly Answer[]): Promise<readonly string[]> {
    const { machines, runner } = lab(script =>
      script.on('GET agentPools/np', ...pools).on('aks nodepool update', ...answers),
    );
    await machines.raisePoolBounds('np', bounds);
    return updates(runner);
  }

  const tags = `--tags team=shop ${formerBoundsTag}=1-3`;

  it('are raised with the etag, and stored in a tag beside the others', async () => {
    expect(await raise([pool('e-1')], [{}])).toEqual([`--if-match e-1 ${tags}`]);
  });

  it('are raised with the newer etag when the pool has changed', async () => {
    const newer = pool('e-2', { team: 'web' });
    const written = await raise([pool('e-1'), newer], [changed, {}]);
    expect(written).toEqual([`--if-match e-1 ${tags}`, `--if-match e-2 ${tags.replace('shop', 'web')}`]);
  });

  it('are raised without an etag when Azure refuses the one that the pool still has', async () => {
    expect(await raise([pool('e-1')], [changed, {}])).toEqual([`--if-match e-1 ${tags}`, tags]);
  });

  it('are raised without an etag if Azure returns none', async () => {
    expect(await raise([pool('')], [{}])).toEqual([tags]);
  });

  it('keep the bounds from before the first of several experiments', async () => {
    const raised = pool('e-1', { team: 'shop', [formerBoundsTag]: '1-3' });
    expect(await raise([raised], [{}])).toEqual([`--if-match e-1 ${tags}`]);
  });

  it('are restored from the tag, which is removed', async () => {
    const raised = pool('e-1', { team: 'shop', [formerBoundsTag.toUpperCase()]: '1-3' });
    const { machines, runner } = lab(script => script.on('GET agentPools/np', raised).on('aks nodepool update', {}));
    await machines.restorePoolBounds('np');
    expect(runner.lines().at(-1)).toContain('--min-count 1 --max-count 3 --if-match e-1 --tags team=shop --only');
  });

  it('are not changed if the pool has no tag', async () => {
    const { machines, runner } = lab(script => script.on('GET agentPools/np', pool('e-1')));
    await machines.restorePoolBounds('np');
    expect(updates(runner)).toEqual([]);
  });

  it('are an error of their own when a policy denies the change', async () => {
    const denied = fails('(RequestDisallowedByPolicy) was disallowed by policy');
    expect(await rejection(raise([pool('e-1')], [denied]))).toMatchObject({ code: 'unsupported-here' });
  });
});
