import { describe, expect, it } from '@jest/globals';
import { equivalentCommand } from '../../../src/azure/arm/request.js';
import * as commands from '../../../src/azure/cli/az-commands.js';
import * as clusterCommands from '../../../src/azure/cluster/cluster-commands.js';
import { listCredentials } from '../../../src/azure/cluster/cluster-requests.js';
import { startMachine, updatePoolBounds } from '../../../src/azure/machines/machine-requests.js';
import { extraCreateArgument } from '../../../src/inputs/extra-az-args.js';
import { ref, spec } from './fixtures.js';

const plan = { ref, spec, tags: { 'managed-by': 'migratorydata-aks', instance: 'check-0' }, upgradesOff: false };

function line({ argv }: commands.AzCommand): string {
  return argv.join(' ');
}

describe('az command lines', () => {
  it('creates a cluster with the bounds of the tutorial, without an SSH key, and only if it does not exist', () => {
    expect(line(clusterCommands.createCluster(plan, 'Standard_D2s_v5'))).toBe(
      'aks create --name aks-shop --resource-group rg-shop --subscription 0b1f6471-1bf0-4dda-aec3-cb9272f09590 --location eastus --tier free' +
        ' --nodepool-name nodepool1 --node-vm-size Standard_D2s_v5 --node-count 3 --enable-cluster-autoscaler' +
        ' --min-count 3 --max-count 5 --vm-set-type VirtualMachineScaleSets --load-balancer-sku standard' +
        ' --enable-managed-identity --no-ssh-key --if-none-match *' +
        ' --tags managed-by=migratorydata-aks instance=check-0' +
        ' --nodepool-tags managed-by=migratorydata-aks instance=check-0 --yes --no-wait --only-show-errors -o json',
    );
  });

  it('adds the requested options, and extra arguments last', () => {
    const rich = {
      ...spec,
      kubernetesVersion: '1.35',
      zones: ['1', '2', '3'],
      nodeOsDisk: 'Managed' as const,
      nodeResourceGroup: 'mc-shop',
      authorizedIpRanges: ['203.0.113.7/32', '198.51.100.0/24'],
      extraCreateArgs: ['--vnet-subnet-id', '/subscriptions/x'],
    };
    const created = line(clusterCommands.createCluster({ ...plan, spec: rich, upgradesOff: true }, 'Standard_D2s_v5'));
    expect(created).toContain(
      '--kubernetes-version 1.35 --zones 1 2 3 --node-osdisk-type Managed --node-resource-group mc-shop' +
        ' --api-server-authorized-ip-ranges 203.0.113.7/32,198.51.100.0/24' +
        ' --auto-upgrade-channel none --node-os-upgrade-channel None',
    );
    expect(created.endsWith('-o json --vnet-subnet-id /subscriptions/x')).toBe(true);
  });

  it('prints JSON and no warnings in every command', () => {
    const all = [
      commands.showVersion(),
      commands.getAccessToken(ref.subscriptionId),
      commands.showCloud(),
      commands.logIn('app', 'tenant', 'assertion'),
      clusterCommands.updateAuthorizedRanges(
        ref,
        { authorizedRanges: ['203.0.113.7/32'], tags: {} },
        { wait: true, etag: '' },
      ),
      updatePoolBounds(ref, 'nodepool1', { minCount: 1, maxCount: 2 }, {}, ''),
    ];
    for (const command of all) expect(line(command)).toContain('--only-show-errors -o json');
  });

  it('passes the assertion on standard input, never as an argument', () => {
    const command = commands.logIn('app', 'tenant', 'header.payload.signature');
    expect(command.stdin).toBe('header.payload.signature');
    expect(line(command)).not.toContain('payload');
    expect(line(command)).toContain('--federated-token @-');
  });

  it('passes no subscription if none is set, so that the default of the login applies', () => {
    expect(line(commands.getAccessToken(''))).not.toContain('--subscription');
    expect(equivalentCommand(listCredentials({ ...ref, subscriptionId: '' }, 'user', '/k'))).not.toContain(
      '--subscription',
    );
  });

  it('updates a whole resource only if it is unchanged', () => {
    const etag = 'f792b244-88f0-4150-9715-9b23a46f0e01';
    const condition = `--if-match ${etag}`;
    expect(
      line(clusterCommands.updateAuthorizedRanges(ref, { authorizedRanges: [], tags: {} }, { wait: false, etag })),
    ).toContain(condition);
    expect(line(updatePoolBounds(ref, 'np', { minCount: 1, maxCount: 2 }, {}, etag))).toContain(condition);
  });

  it('names --no-wait for the start of a machine only when nobody waits for it', () => {
    const machine = { subscriptionId: '', resourceGroup: 'mc-shop', scaleSet: 'np', instanceId: '2' };
    const start = 'az vmss start --resource-group mc-shop --name np --instance-ids 2';
    expect(equivalentCommand(startMachine(machine))).toBe(start);
    expect(equivalentCommand(startMachine(machine, { wait: false }))).toBe(`${start} --no-wait`);
  });

  it('sets no flag that extra-create-args may also set', () => {
    const rich = { ...spec, kubernetesVersion: '1.35', zones: ['1'], nodeOsDisk: 'Managed' as const };
    const limited = { ...rich, nodeResourceGroup: 'mc-shop', authorizedIpRanges: ['203.0.113.0/24'] };
    const { argv } = clusterCommands.createCluster({ ...plan, spec: limited, upgradesOff: true }, 'Standard_D2s_v5');
    const flags = argv.filter(word => word.startsWith('-'));
    expect(flags).toContain('--nodepool-name');
    expect(flags.filter(flag => extraCreateArgument(flag).ok)).toEqual([]);
  });
});
