import { worksOnLive } from './operation-inputs.js';
import { writeDuration } from './parsers.js';
import type { InputReader } from './reader.js';
import type { General, Operation, Sections } from './request.js';
import { budgetMs, type PhaseLimit } from './time-budget.js';

const scaling: readonly Operation[] = ['scale', 'e2e'];

/** Reports adjacent inputs that are not in ascending order; invalid inputs are skipped. */
export function checkOrder({ problems, areValid, text }: InputReader, names: readonly string[]): void {
  const known = names.filter(name => areValid(name));
  const pairs = known.slice(1).map((upper, index) => [known[index] ?? '', upper] as const);
  for (const [lower, upper] of pairs) {
    if (Number(text(lower)) <= Number(text(upper))) continue;
    const rule = `must not be above ${upper} (${text(upper)})`;
    problems.add({ input: lower, value: text(lower), rule, remedy: `lower ${lower} or raise ${upper}` });
  }
}

/** Reports scale steps outside the bounds of the member count; those of a live deployment are checked against it. */
export function checkScaleTo(
  { problems, areValid, isDefault, isGiven }: InputReader,
  { operation, deployment, scaling: { steps } }: Sections,
): void {
  if (!areValid('scale-to', 'min-replicas', 'max-replicas')) return;
  if (isDefault('scale-to') && !scaling.includes(operation)) return;
  const isKnown = (bound: string): boolean => isGiven(bound) || !worksOnLive(operation);
  const minReplicas = isKnown('min-replicas') ? deployment.minReplicas : 1;
  const maxReplicas = isKnown('max-replicas') ? deployment.maxReplicas : Infinity;
  for (const step of steps.filter(count => count < minReplicas || count > maxReplicas)) {
    problems.add({
      input: 'scale-to',
      value: String(step),
      rule: `must be from min-replicas (${minReplicas}) to max-replicas (${maxReplicas})`,
      remedy: 'set member counts within these bounds, or change the bounds',
    });
  }
}

/** Reports a timeout that is shorter than the sum of the limits of the phases. */
export function checkTimeout(
  { problems, areValid, text }: InputReader,
  { timeoutMs }: General,
  phases: readonly PhaseLimit[],
): void {
  const inputs = [
    'operation',
    'timeout',
    'create-timeout',
    'verify-timeout',
    'scale-to',
    'experiments',
    'hold',
    'steady',
    'max-recovery',
    'provider',
  ];
  const neededMs = budgetMs(phases);
  if (!areValid(...inputs) || neededMs <= timeoutMs) return;
  const parts = phases.flatMap(({ name, limitMs }) =>
    limitMs === undefined ? [] : [`${name} ${writeDuration(limitMs)}`],
  );
  problems.add({
    input: 'timeout',
    value: text('timeout'),
    rule: `must be at least the sum of the limits of the phases (${parts.join(' + ')} = ${writeDuration(neededMs)})`,
    remedy: `set timeout to ${writeDuration(neededMs)} or more, or lower one of these limits`,
  });
}
