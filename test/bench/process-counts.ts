import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallRecord, CommandRecord, Report } from '../../src/journal/model.js';
import { azureInputs, labRunner, type Step } from '../lab/act.js';
import { startLab } from '../lab/lab.js';
import { generousLimits } from '../lab/scenarios/support/limits.js';

interface Measured {
  readonly name: string;
  readonly inputs: Step['inputs'];
}

/** A patch that restarts no member. */
const patch = `apiVersion: v1
kind: Service
metadata:
  name: migratorydata-cs
  annotations: { example.com/team: push }
`;

const powerOff = {
  ...{ operation: 'chaos', experiments: 'power-off', hold: '1s', steady: '1s', timeout: '3h' },
  ...{ ...generousLimits, 'allow-unsupported-node-ops': 'true' },
};

/** Returns steps that run in order on one cluster, as those of a job. */
function jobSteps(patches: string): readonly Measured[] {
  return [
    { name: 'preflight', inputs: { operation: 'preflight' } },
    { name: 'create', inputs: { operation: 'create' } },
    { name: 'deploy', inputs: { operation: 'deploy' } },
    { name: 'deploy with patches', inputs: { operation: 'deploy', patches } },
    { name: 'verify', inputs: { operation: 'verify' } },
    { name: 'scale to 5, to 4', inputs: { operation: 'scale' } },
    { name: 'autoscale', inputs: { operation: 'autoscale' } },
    { name: 'chaos: drain', inputs: { operation: 'chaos', hold: '1s' } },
    { name: 'chaos: power-off', inputs: powerOff },
    { name: 'collect', inputs: { operation: 'collect' } },
    { name: 'teardown', inputs: { operation: 'teardown' } },
    { name: 'e2e', inputs: { operation: 'e2e', hold: '1s' } },
  ];
}

/** Counts the processes and requests of each operation, according to its report.json. */
export async function benchProcessCounts(print: (line: string) => void): Promise<void> {
  await using lab = await startLab({ progress: print });
  const runner = await labRunner(lab);
  const patches = join(lab.folder, 'patch.yaml');
  await writeFile(patches, patch);
  for (const { name, inputs } of jobSteps(patches)) {
    const { main } = await runner.run({ inputs: { ...azureInputs(lab), ...inputs } });
    if (main.code !== 0) throw new Error(`${name} failed:\n${main.log}`);
    const report = JSON.parse(await readFile(main.outputs['report-json'] ?? '', 'utf8')) as Report;
    print(`${name}: ${describeTotals(report)}`);
    for (const [line, times] of tally(report.commands)) print(`  ${times} x ${line}`);
  }
}

/** The commands of az that only read what it has stored, or log in. */
const login = /^(login|account|cloud)$/;

function describeTotals({ commands, calls, ms }: Report): string {
  const isLogin = ({ tool, argv }: CommandRecord): boolean => tool === 'az' && login.test(argv[0] ?? '');
  const logins = commands.filter(isLogin).length;
  const count = (tool: string): number => commands.filter(command => command.tool === tool).length;
  const requests = (api: CallRecord['api']): number => calls.filter(call => call.api === api).length;
  return [
    `${count('az') - logins} az and ${logins} of the login`,
    `${count('kubectl')} kubectl`,
    `${requests('azure')} requests to Azure`,
    `${requests('kubernetes')} to Kubernetes`,
    `${(ms / 1000).toFixed(1)} s`,
  ].join(', ');
}

/** Returns how often each command ran; a command is named by its words before the first option. */
function tally(commands: readonly CommandRecord[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { tool, argv } of commands) {
    const firstOption = argv.findIndex(word => word.startsWith('-'));
    const line = [tool, ...argv.slice(0, firstOption < 0 ? argv.length : firstOption)].join(' ');
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return counts;
}
