import type { NodeKind } from '../lab/lab.js';
import { benchBundleStart } from './bundle-start.js';
import { benchCancelPowerOff } from './cancel-power-off.js';
import { benchClients } from './clients.js';
import { benchExperiments } from './experiments.js';
import { benchKills } from './kills.js';
import { benchLeftovers } from './leftovers.js';
import { benchMessages } from './message-histories.js';
import { benchClientsOnNodes } from './node-clients.js';
import { benchOutagesOnNodes } from './node-outages.js';
import { benchOutageAccuracy } from './outage-accuracy.js';
import { benchProcessCounts } from './process-counts.js';
import { benchReadyLatency } from './ready-latency.js';
import { benchScale } from './scale.js';

type Print = (line: string) => void;
type Bench = (print: Print, count: number | undefined, names: readonly string[]) => Promise<void>;
type NodesBench = (print: Print, nodes: NodeKind, count?: number) => Promise<void>;

/**
 * `npm run bench` runs all benches, `npm run bench -- ready start` only those, `npm run bench -- kills=30` with
 * 30 kills, `clients=1000` with 1,000 connections, and `experiments=drain,zone` only these experiments. `npm run bench --
 * outages nodes=real` runs a bench on nodes of the lab, as `nodes=simulated` does. They print what they measure and judge
 * no speed: the speed of a machine must not fail a build. Only `cancel-power-off` has a limit, 30 times what it takes.
 * The exit code is 1 when a bench could not run, or when something was measured wrongly.
 */
const benches = {
  start: benchBundleStart,
  ready: benchReadyLatency,
  processes: benchProcessCounts,
  outages: benchOutageAccuracy,
  messages: benchMessages,
  kills: benchKills,
  experiments: benchExperiments,
  leftovers: benchLeftovers,
  'cancel-power-off': benchCancelPowerOff,
  scale: benchScale,
  clients: benchClients,
} as const satisfies Readonly<Record<string, Bench>>;
const onNodes: Readonly<Record<string, NodesBench>> = { outages: benchOutagesOnNodes, clients: benchClientsOnNodes };
const kinds: readonly string[] = ['simulated', 'real'] satisfies readonly NodeKind[];

const words = process.argv.slice(2).map(word => word.split('='));
const nodes = words.find(([name]) => name === 'nodes')?.[1];
if (nodes !== undefined && !isKind(nodes)) fail(`there are no nodes "${nodes}"; there are ${kinds.join(', ')}`);
const known: Readonly<Record<string, Bench>> =
  nodes === undefined
    ? benches
    : Object.fromEntries(
        Object.entries(onNodes).map(([name, bench]) => [name, (print, count) => bench(print, nodes, count)]),
      );
const chosen = words.filter(([name]) => name !== 'nodes');
const unknown = chosen.map(([name = '']) => name).filter(name => !Object.hasOwn(known, name));
if (unknown.length > 0) fail(`no such bench: ${unknown.join(', ')}; there are ${Object.keys(known).join(', ')}`);
for (const [word = '', value] of chosen.length === 0 ? Object.keys(known).map(name => [name]) : chosen) {
  console.log(`# ${word}`);
  await known[word]?.(
    line => {
      console.log(line);
    },
    value === undefined ? undefined : Number(value),
    value?.split(',') ?? [],
  );
  console.log('');
}

function isKind(word: string): word is NodeKind {
  return kinds.includes(word);
}

function fail(why: string): never {
  console.error(why);
  process.exit(1);
}
