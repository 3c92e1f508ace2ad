import { describe, expect, it } from '@jest/globals';
import { operationDefinitions, type Request } from '../../../src/operations/index.js';
import type { Command, CommandResult, HttpsRequest } from '../../../src/runtime/ports.js';
import { roleActionOf } from '../../support/role-action.js';
import { absent, clusterJson, groupJson, prints, tagsOf } from '../azure/fixtures.js';
import type { Given } from '../inputs/read.js';
import { onAks, shown, start } from './azure-bench.js';
import { namespaces, type OperationBench, ours } from './support.js';

type Rules = Parameters<typeof start>[1][];

/** A way to run an operation on AKS. */
interface Variant {
  readonly operation: Request['operation'];
  readonly given?: Given;
  readonly rules: (bench: () => OperationBench) => Rules;
}

const expired = { tags: { ...tagsOf(), 'expires-at': '1600000000' } };
const found = (bench: () => OperationBench): Rules => [
  ['GET resourceGroups/', shown(bench, groupJson())],
  ['GET managedClusters/', shown(bench, clusterJson())],
];
/** The cluster as Azure shows it: absent until its creation was accepted. */
const onceCreated = (bench: () => OperationBench): Partial<CommandResult> => ({
  ...absent,
  ...prints(clusterJson()),
  get code() {
    return bench()
      .runner.lines()
      .some(line => line.startsWith('az aks create'))
      ? 0
      : 3;
  },
});
const variants: readonly Variant[] = [
  {
    operation: 'create',
    rules: bench => [
      ['GET resourceGroups/', absent],
      ['GET managedClusters/', onceCreated(bench)],
    ],
  },
  { operation: 'teardown', rules: found },
  { operation: 'recover', rules: found },
  { operation: 'collect', rules: bench => [['GET management/values', prints([])], ...found(bench)] },
  {
    operation: 'sweep',
    given: { 'subscription-id': onAks['subscription-id'], 'dry-run': 'false' },
    rules: bench => [
      ['ContainerService/managedClusters', prints([clusterJson(expired)])],
      ['/resourceGroups', prints([])],
      ['GET managedClusters/', shown(bench, clusterJson(expired))],
      ['GET resourceGroups/', prints(groupJson({ tags: {} }))],
    ],
  },
];

/** The request behind an az command. */
const actionOfCommand = ({ argv }: Command): string | undefined =>
  argv.slice(0, 2).join(' ') === 'aks create' ? 'Microsoft.ContainerService/managedClusters/write' : undefined;
const messageOf = (action: string): string =>
  `The client 'x' with object id 'y' does not have authorization to perform action '${action}' over scope '/z' or the scope is invalid.`;

/** Runs an operation whose login has every action but one. Returns the actions that it needs, and what a user is told. */
async function run(
  { operation, given, rules }: Variant,
  lacking?: string,
): Promise<{ readonly needs: ReadonlySet<string>; readonly told: string; readonly code: string | undefined }> {
  await using bench: OperationBench = await start(operation, ...rules(() => bench));
  bench.cluster.put(namespaces, { metadata: { name: 'ns', labels: ours } });
  const needs = new Set<string>();
  const { runner } = bench;
  const [send, command] = [runner.send.bind(runner), runner.run.bind(runner)];
  runner.send = async (request: HttpsRequest, signal) => {
    const action = roleActionOf({ method: request.method, path: new URL(request.url).pathname });
    needs.add(action);
    if (action !== lacking) return send(request, signal);
    const error = { code: 'AuthorizationFailed', message: messageOf(action) };
    return { status: 403, headers: {}, text: JSON.stringify({ error }) };
  };
  runner.run = async (asked, signal) => {
    const action = actionOfCommand(asked);
    if (action !== undefined) needs.add(action);
    if (action === undefined || action !== lacking) return command(asked, signal);
    return { code: 1, stdout: '', stderr: `ERROR: (AuthorizationFailed) ${messageOf(action)}`, ms: 1 };
  };
  const error = await bench.run(operation, given ?? onAks);
  const { warnings, phases } = bench.context.journal.report;
  const notes = phases.flatMap(phase => phase.notes);
  const told = [error?.message, error?.evidence, ...warnings, ...notes, ...bench.files.texts.values()];
  return { needs, told: told.join('\n'), code: error?.code };
}

describe.each(variants)('the Azure actions of $operation', variant => {
  it('are all that it needs', async () => {
    const { needs, code } = await run(variant);
    expect(code).toBeUndefined();
    const declared = operationDefinitions[variant.operation].permissions.actions.map(({ action }) => action);
    expect([...needs].filter(action => !declared.includes(action))).toEqual([]);
  });

  it('are named when one is missing', async () => {
    const { needs } = await run(variant);
    const silent: string[] = [];
    for (const action of needs) {
      const { told, code } = await run(variant, action);
      if (!told.includes(action)) silent.push(`${action}: ${String(code)} ${told}`);
    }
    expect(silent).toEqual([]);
  });
});
