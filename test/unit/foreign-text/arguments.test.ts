import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import * as armRequest from '../../../src/azure/arm/request.js';
import * as azCommands from '../../../src/azure/cli/az-commands.js';
import * as clusterCommands from '../../../src/azure/cluster/cluster-commands.js';
import * as clusters from '../../../src/azure/cluster/cluster-requests.js';
import * as groups from '../../../src/azure/cluster/group-requests.js';
import * as machines from '../../../src/azure/machines/machine-requests.js';
import * as checks from '../../../src/azure/preflight/check-requests.js';
import { hasCode } from '../../../src/errors/action-error.js';
import * as equivalents from '../../../src/kubernetes/api/kubectl-equivalents.js';
import * as paths from '../../../src/kubernetes/api/paths.js';
import { commandLine } from '../../../src/runtime/command-line.js';
import { requestFor } from '../inputs/read.js';
import { everyText } from './corpus.js';

/** Valid values; a test replaces one of them by a text from outside. */
const valid = {
  subscriptionId: '0b1f6471-1bf0-4dda-aec3-cb9272f09590',
  resourceGroup: 'rg',
  clusterName: 'aks',
  scaleSet: 'vmss',
  instanceId: '0',
  pool: 'nodepool1',
  node: 'aks-1',
  location: 'eastus',
  tag: 'managed-by',
  value: 'v',
  etag: '"0b1f"',
  range: '198.51.100.7/32',
  resourceId: '/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg',
  namespace: 'ns',
  name: 'migratorydata-0',
};
type Values = typeof valid;
/** A function, and the values that it takes; or why it needs no row. */
type Case = readonly [build: (values: Values) => unknown, ...takes: readonly (keyof Values)[]] | string;

const group = ['subscriptionId', 'resourceGroup'] as const;
const cluster = [...group, 'clusterName'] as const;
const machine = [...group, 'scaleSet', 'instanceId'] as const;
const bounds = { minCount: 1, maxCount: 2 };
const { cluster: spec } = requestFor('create');

const tables: readonly (readonly [name: string, module: object, cases: Readonly<Record<string, Case>>])[] = [
  [
    'az-commands',
    azCommands,
    {
      azCommand: [v => azCommands.azCommand('why', 'read', 'group', v.value)],
      inSubscription: [v => azCommands.inSubscription(v.subscriptionId), 'subscriptionId'],
      tagArguments: [v => azCommands.tagArguments({ [v.tag]: v.value }), 'tag'],
      replacingTags: [v => azCommands.replacingTags({ [v.tag]: v.value }), 'tag'],
      showVersion: 'It takes no text.',
      getAccessToken: [v => azCommands.getAccessToken(v.subscriptionId), 'subscriptionId'],
      showAccount: [v => azCommands.showAccount(v.subscriptionId), 'subscriptionId'],
      getResourceToken: 'Its text is the id of the API server of AKS.',
      showCloud: 'It takes no text.',
      logIn: 'Its texts are inputs in the form of a GUID, and a token on standard input.',
    },
  ],
  [
    'check-requests',
    checks,
    {
      readSubscription: [v => checks.readSubscription(v.subscriptionId), 'subscriptionId'],
      readProvider: [v => checks.readProvider(v.subscriptionId, v.value), 'subscriptionId', 'value'],
      listPermissions: [v => checks.listPermissions(v.subscriptionId), 'subscriptionId'],
      listSizes: [v => checks.listSizes(v.subscriptionId, v.location), 'subscriptionId', 'location'],
      listUsage: [v => checks.listUsage(v.subscriptionId, v.location), 'subscriptionId', 'location'],
      listVersions: [v => checks.listVersions(v.subscriptionId, v.location), 'subscriptionId', 'location'],
    },
  ],
  [
    'cluster-commands',
    clusterCommands,
    {
      atCluster: [v => clusterCommands.atCluster(v), ...cluster],
      createCluster: [
        v => clusterCommands.createCluster({ ref: v, spec, tags: { [v.tag]: 'v' }, upgradesOff: true }, 's'),
        ...cluster,
        'tag',
      ],
      updateAuthorizedRanges: [
        v =>
          clusterCommands.updateAuthorizedRanges(
            v,
            { authorizedRanges: [v.range], tags: { [v.tag]: 'v' } },
            { wait: true, etag: v.etag },
          ),
        ...cluster,
        'range',
        'tag',
        'etag',
      ],
    },
  ],
  [
    'cluster-requests',
    clusters,
    {
      clusterPath: [v => ({ path: clusters.clusterPath(v) }), 'resourceGroup', 'clusterName'],
      readCluster: [v => clusters.readCluster(v), ...cluster],
      listClusters: [v => clusters.listClusters(v.subscriptionId), 'subscriptionId'],
      deleteCluster: [v => clusters.deleteCluster(v, v.etag), ...cluster, 'etag'],
      listCredentials: [v => clusters.listCredentials(v, 'user', '/file'), ...cluster],
    },
  ],
  [
    'group-requests',
    groups,
    {
      groupPath: [v => ({ path: groups.groupPath(v) }), 'resourceGroup'],
      inGroup: [v => groups.inGroup(v), ...group],
      readGroup: [v => groups.readGroup(v), ...group],
      createGroup: [v => groups.createGroup(v, 'eastus', { [v.tag]: 'v' }), ...group, 'tag'],
      deleteGroup: [v => groups.deleteGroup(v), ...group],
      listGroups: [v => groups.listGroups(v.subscriptionId, v.tag, v.value), 'subscriptionId', 'tag', 'value'],
      listResources: [v => groups.listResources(v), ...group],
      mergeTags: [v => groups.mergeTags(v.resourceId, { [v.tag]: 'v' }), 'resourceId', 'tag'],
      listActivity: [
        v => groups.listActivity(v.subscriptionId, v.resourceId, new Date(0)),
        'subscriptionId',
        'resourceId',
      ],
    },
  ],
  [
    'machine-requests',
    machines,
    {
      readPower: [v => machines.readPower(v), ...machine],
      listInstances: [v => machines.listInstances(v, v.scaleSet), ...group, 'scaleSet'],
      stopMachine: [v => machines.stopMachine(v), ...machine],
      startMachine: [v => machines.startMachine(v), ...machine],
      restartMachine: [v => machines.restartMachine(v), ...machine],
      stopKubelet: [v => machines.stopKubelet(v, 1), ...machine],
      startKubelet: [v => machines.startKubelet(v), ...machine],
      readPool: [v => machines.readPool(v, v.pool), ...cluster, 'pool'],
      deleteMachine: [v => machines.deleteMachine(v, v.pool, v.node), ...cluster, 'pool', 'node'],
      updatePoolBounds: [
        v => machines.updatePoolBounds(v, v.pool, bounds, { [v.tag]: 'v' }, v.etag),
        ...cluster,
        'pool',
        'tag',
        'etag',
      ],
    },
  ],
  [
    'arm/request',
    armRequest,
    {
      armRead: [v => armRequest.armRead('why', v.subscriptionId, '/x', '2021-04-01'), 'subscriptionId'],
      armWrite: [
        v =>
          armRequest.armWrite('POST', {
            ...armRequest.armRead('why', v.subscriptionId, '/x', '2021-04-01'),
            equivalent: [],
          }),
        'subscriptionId',
      ],
      pathOf: 'It joins what the others have checked.',
      equivalentCommand: 'It shows what the others have checked.',
    },
  ],
  [
    'api/paths',
    paths,
    {
      objectPath: [v => ({ path: paths.objectPath('Pod', v) }), 'namespace', 'name'],
      collectionPath: [v => ({ path: paths.collectionPath('Pod', v.namespace) }), 'namespace'],
      groupPath: 'It takes the version of a kind in the code.',
      selectionQuery: 'withQuery encodes it.',
      withQuery: [v => ({ path: paths.withQuery('/x', { labelSelector: v.value }) }), 'value'],
    },
  ],
];

/** The parts of a request that a text could change: words, path segments and names of parameters. Texts are left out. */
function shapeOf(built: unknown): unknown {
  const {
    argv,
    equivalent,
    path = '',
    query = {},
  } = built as {
    readonly argv?: readonly string[];
    readonly equivalent?: readonly string[];
    readonly path?: string;
    readonly query?: Readonly<Record<string, string>>;
  };
  const words = Array.isArray(built) ? (built as readonly string[]) : [...(argv ?? []), ...(equivalent ?? [])];
  const url = new URL(`https://management.example${path}`);
  return {
    flags: words.filter(word => word.startsWith('-')),
    files: words.filter(word => word.startsWith('@')),
    words: words.length,
    segments: url.pathname.split('/').length,
    above: /(^|\/)\.\.?(\/|$)/.test(path),
    parameters: [...url.searchParams.keys(), ...Object.keys(query)],
    quotes: Object.values(query).map(text => text.replace(/[^']/g, '').length),
    fragment: url.hash,
    lines: [path, ...words].filter(word => /[\p{Cc}\u2028\u2029]/u.test(word)),
  };
}

describe('arguments and addresses', () => {
  it.each(tables)('of %s have a row for each function', (_, module, cases) => {
    const functions = Object.entries(module).filter(([, value]) => typeof value === 'function');
    expect(Object.keys(cases).sort()).toEqual(functions.map(([name]) => name).sort());
  });

  const rows = tables.flatMap(([module, , cases]) =>
    Object.entries(cases).flatMap(([name, row]) =>
      typeof row === 'string' ? [] : [[`${module} ${name}`, row] as const],
    ),
  );
  it.each(rows)('have no text from outside that is more than a name: %s', (_, [build, ...takes]) => {
    const harmless = shapeOf(build(valid));
    const problems: unknown[] = [];
    for (const key of takes) {
      for (const text of everyText) {
        try {
          const shape = shapeOf(build({ ...valid, [key]: text }));
          if (JSON.stringify(shape) !== JSON.stringify(harmless)) problems.push([key, text, shape]);
        } catch (error) {
          if (!hasCode(error, 'identifier-invalid')) throw error;
        }
      }
    }
    expect(problems).toEqual([]);
  });

  it('are refused by az if they are no names, whatever builds them', () => {
    for (const text of everyText.filter(each => /^@(?!-$)/.test(each))) {
      expect(() => azCommands.azCommand('why', 'read', text)).toThrow('is not a valid argument');
    }
  });
});

describe('a command to copy', () => {
  const pod = { namespace: 'ns', name: 'x' };
  const lines: Readonly<Record<string, (text: string) => string>> = {
    commandLine: text => commandLine({ tool: 'az', argv: [text] }),
    evictionOf: text => equivalents.equivalentCommand(equivalents.evictionOf(pod, { dryRun: false, uid: text })),
    evictionCommand: text => equivalents.evictionCommand(pod, text, 'why').line,
    deletionCommand: text => equivalents.deletionCommand('Pod', { namespace: text, name: text }, 'why').line,
    applyCommand: text =>
      equivalents.applyCommand({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: text, name: text } }, 'why')
        .line,
    creationCommand: text =>
      equivalents.creationCommand({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: text, name: text } }, 'why')
        .line,
    equivalentCommand: text =>
      equivalents.equivalentCommand({ verb: 'patch', kind: 'Node', key: { name: text }, patch: { a: text } }),
  };

  it('has a row for each function', () => {
    expect(
      Object.keys(lines)
        .filter(name => name !== 'commandLine')
        .sort(),
    ).toEqual(
      Object.keys(equivalents)
        // It returns one word of a line.
        .filter(name => name !== 'target' && typeof equivalents[name as keyof typeof equivalents] === 'function')
        .sort(),
    );
  });

  it.each(Object.entries(lines))('runs one program, whatever its words are: %s', (_, lineOf) => {
    const texts = everyText.filter(text => !/[\0\ud800-\udfff]/.test(text));
    // Each program prints its name and its words; any other program is not found, which is an error.
    const script = ['az() { :; }; kubectl() { :; }; echo() { :; }; set -eu', ...texts.map(lineOf)].join('\n');
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', script], { env: { PATH: '' }, encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
