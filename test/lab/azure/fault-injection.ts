import type { Fault, StruckRequest } from './fault.js';
import type { Answer, OperationTrouble } from './messages.js';

/** The combined effect of all faults that match a request. */
export interface Strike {
  readonly names: readonly string[];
  readonly answer: Answer | undefined;
  readonly drop: 'before' | 'after' | undefined;
  readonly trouble: OperationTrouble | undefined;
}

export interface FaultInjection {
  /** Adds a fault. The returned function removes it. */
  inject(fault: Fault): () => void;
  strike(request: StruckRequest): Strike;
}

export function createFaultInjection(): FaultInjection {
  const active = new Map<Fault, { left: number }>();
  return {
    inject(fault) {
      active.set(fault, { left: fault.times });
      return () => {
        active.delete(fault);
      };
    },
    strike(request) {
      const matching = [...active].filter(
        ([{ method, path, when }, { left }]) =>
          left > 0 && (method === undefined || method === request.method) && path.test(request.path) && when(request),
      );
      // Only one fault decides the response; faults of operations count only when an operation starts.
      const decisive = matching.find(([{ effect }]) => effect.kind !== 'trouble');
      const starts =
        decisive === undefined || (decisive[0].effect.kind === 'drop' && decisive[0].effect.moment === 'after');
      const hits = matching.filter(hit => hit === decisive || (starts && hit[0].effect.kind === 'trouble'));
      for (const [, count] of hits) count.left -= 1;
      const effects = hits.map(([{ effect }]) => effect);
      const answer = effects.find(effect => effect.kind === 'answer')?.answer(request);
      const drop = effects.find(effect => effect.kind === 'drop')?.moment;
      const troubles = effects.filter(effect => effect.kind === 'trouble').map(({ trouble }) => trouble);
      const trouble = troubles.length > 0 ? (Object.assign({}, ...troubles) as OperationTrouble) : undefined;
      return { names: hits.map(([{ name }]) => name), answer, drop, trouble };
    },
  };
}
