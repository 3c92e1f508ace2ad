import { setTimeout as pause } from 'node:timers/promises';
import { slowOperation } from '../lab/azure/faults.js';
import { type Lab, startLab } from '../lab/lab.js';
import { randomOf, seed } from '../lab/scenarios/support/random.js';
import { plans, type Round, type Victim, victims } from './kill-rounds.js';
import { type KillWorld, startKillWorld } from './kill-world.js';

const defaultKills = 100;
/** What an operation of Azure takes at most, and the power-off of a machine: many take effect after the kill, in milliseconds. */
const longest = { operationMs: 3_000, powerOffMs: 15_000 } as const;

/** Where a kill falls, drawn before the step starts. */
interface Moment {
  /** From 0 to 1, of the span or of the changes. */
  readonly share: number;
  readonly atChange: boolean;
  /** The runner survives and starts the post phase. */
  readonly survives: boolean;
  /** The next phase starts when Azure has done everything, not at once. */
  readonly waits: boolean;
}

interface Kill {
  readonly victim: Victim;
  /** Where it fell; undefined when the step had ended before. */
  readonly at: string | undefined;
  readonly survives: boolean;
  /** An experiment had changed something that was not reverted. */
  readonly changed: boolean;
}

/**
 * Kills steps at random moments, with all their programs. In half of the cases the post phase follows, in the others the
 * runner is lost. Then `recover`, `teardown` or `sweep` runs, which may be killed as well, and everything must be as
 * before. After each kill, whatever an experiment has changed must be recorded.
 */
export async function benchKills(print: (line: string) => void, count = defaultKills): Promise<void> {
  print(`CHAOS_SEED=${seed}`);
  const random = randomOf(seed);
  await using lab = await startLab({ progress: print });
  const world = await startKillWorld(lab);
  const names = Object.keys(plans);
  const kills: Kill[] = [];
  let problems = 0;
  for (let number = 1; kills.filter(({ at }) => at !== undefined).length < count; number += 1) {
    const name = names[Math.floor(random() * names.length)] ?? '';
    // Always drawn, so that the rounds of a seed do not depend on how the former ones went.
    const moments = [drawMoment(random), drawMoment(random)];
    const remove = makeSlow(lab, random);
    const startedMs = performance.now();
    const fallen: Kill[] = [];
    const found = await runRound(world, plans[name]?.(world, number), moments, fallen);
    remove();
    kills.push(...fallen);
    problems += found.length;
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    print(
      `${kills.length}. ${name}; ${fallen.map(describe).join('; ')}: ${found.join('; ') || 'as before'} (${seconds} s)`,
    );
  }
  tabulate(kills).forEach(print);
  print(`${problems} problems`);
  if (problems > 0) throw new Error('something was left, lost, or not recorded');
}

function drawMoment(random: () => number): Moment {
  const [atChange, survives, waits] = [random() < 0.5, random() < 0.5, random() < 0.5];
  return { share: random(), atChange, survives, waits };
}

/** Sets how long Azure takes, and whether it refuses a start of a machine that is going off. */
function makeSlow({ azure }: Lab, random: () => number): () => void {
  azure.tune({ lroMs: Math.round(random() * longest.operationMs), machineConflicts: random() < 0.5 });
  const lroMs = Math.round(random() * longest.powerOffMs);
  return azure.inject(slowOperation({ lroMs }, { method: 'POST', path: /poweroff$/ }));
}

async function runRound(
  world: KillWorld,
  round: Round | undefined,
  moments: readonly Moment[],
  fallen: Kill[],
): Promise<readonly string[]> {
  const problems: string[] = [];
  try {
    let [runner, other] = world.runners;
    await round?.prepare?.();
    for (const [index, { victim, inputs }] of (round?.kills ?? []).entries()) {
      const { share, atChange, survives, waits } = moments[index] ?? drawMoment(() => 0);
      const { spanMs, changes } = victims[victim];
      const change = atChange ? 1 + Math.floor(share * changes) : undefined;
      const afterMs = Math.round(share * spanMs);
      const step = await runner.start(inputs);
      const moment = change === undefined ? pause(afterMs, true) : step.logged('same as: ', change).then(() => true);
      const alive = await Promise.race([moment.catch(() => false), step.ended.then(() => false)]);
      step.kill();
      await step.ended;
      const at = change === undefined ? `after ${afterMs} ms` : `at change ${change}`;
      const changed = await checkRecord(world, waits, problems);
      fallen.push({ victim, at: alive ? at : undefined, survives: survives || !alive, changed });
      if (survives || !alive) {
        const post = await step.post();
        if (post.code !== 0) problems.push(`post: ${post.log}`);
        await checkRecord(world, true, problems);
      } else {
        [runner, other] = [other, runner];
      }
    }
    round?.beforeLast?.();
    const { main, post } = await runner.run(round?.last ?? {});
    await checkRecord(world, true, problems);
    await round?.restore?.();
    problems.push(...(await world.differences()));
    if (main.code !== 0 || post.code !== 0 || problems.length > 0) problems.push(main.log, post.log);
  } catch (error) {
    problems.push(String(error));
  }
  return problems;
}

/** Looks at once, and with `waits` again when Azure has done everything. Returns whether anything is changed. */
async function checkRecord({ lab, changes }: KillWorld, waits: boolean, problems: string[]): Promise<boolean> {
  let found = false;
  for (const wait of [() => Promise.resolve(), ...(waits ? [() => lab.azure.idle()] : [])]) {
    await wait();
    const { changed, recorded } = await changes();
    found ||= changed.length > 0;
    if (!recorded) problems.push(...changed.map(change => `not recorded: ${change}`));
  }
  return found;
}

function describe({ victim, at, survives, changed }: Kill): string {
  if (at === undefined) return `${victim} had ended`;
  return `${victim} killed ${at}${changed ? ', something changed' : ''}, ${survives ? 'post' : 'lost'}`;
}

function tabulate(kills: readonly Kill[]): readonly string[] {
  const row = (name: string, of: readonly Kill[]): string => {
    const killed = of.filter(({ at }) => at !== undefined);
    const posts = killed.filter(({ survives }) => survives).length;
    const changes = killed.filter(({ changed }) => changed).length;
    return `| ${[name, killed.length, posts, killed.length - posts, changes, of.length - killed.length].join(' | ')} |`;
  };
  return [
    '| step | kills | post phase ran | runner lost | something to revert | had ended before |',
    '| --- | --- | --- | --- | --- | --- |',
    ...Object.keys(victims).map(name =>
      row(
        name,
        kills.filter(({ victim }) => victim === name),
      ),
    ),
    row('all', kills),
  ];
}
