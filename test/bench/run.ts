import { benchBundleStart } from './bundle-start.js';
import { benchCancelPowerOff } from './cancel-power-off.js';
import { benchClients } from './clients.js';
import { benchExperiments } from './experiments.js';
import { benchKills } from './kills.js';
import { benchLeftovers } from './leftovers.js';
import { benchMessages } from './message-histories.js';
import { benchOutageAccuracy } from './outage-accuracy.js';
import { benchProcessCounts } from './process-counts.js';
import { benchReadyLatency } from './ready-latency.js';
import { benchScale } from './scale.js';

type Bench = (print: (line: string) => void, count: number | undefined, names: readonly string[]) => Promise<void>;

/**
 * `npm run bench` runs all benches, `npm run bench -- ready start` only those, `npm run bench -- kills=30` with
 * 30 kills, `clients=1000` with 1,000 connections, and `experiments=drain,zone` only these experiments. They print what
 * they measure and judge no speed: the speed of a machine must not fail a build. Only `cancel-power-off` has a limit, 30
 * times what it takes.
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

type Name = keyof typeof benches;

function isName(word: string): word is Name {
  return word in benches;
}

const known = Object.keys(benches) as Name[];
const words = process.argv.slice(2).map(word => word.split('='));
const unknown = words.map(([name = '']) => name).filter(name => !isName(name));
if (unknown.length > 0) {
  console.error(`no such bench: ${unknown.join(', ')}; there are ${known.join(', ')}`);
  process.exit(1);
}
for (const [word = '', value] of words.length === 0 ? known.map(name => [name]) : words) {
  if (!isName(word)) continue;
  console.log(`# ${word}`);
  const bench: Bench = benches[word];
  await bench(
    line => {
      console.log(line);
    },
    value === undefined ? undefined : Number(value),
    value?.split(',') ?? [],
  );
  console.log('');
}
