import { type Chaos, holdOf } from '../chaos/spec.js';
import type { Request, Scaling, Verification } from './request.js';

/** A phase and the longest that it may take by its own limit. */
export interface BudgetPhase {
  readonly name: string;
  readonly limitMs: number;
}

/**
 * The phases of a request that have a limit of their own, in order. Deletion is not among them: it has its own time
 * after the step's timeout.
 */
export function budgetPhases(request: Request): readonly BudgetPhase[] {
  switch (request.operation) {
    case 'create':
      return [{ name: 'create', limitMs: request.cluster.createTimeoutMs }];
    case 'deploy':
      return [verified('deploy', request.verification)];
    case 'verify':
      return [verified('verify', request.verification)];
    case 'autoscale':
      return [verified('autoscale', request.verification)];
    case 'scale':
      return [scaled(request.scaling, request.verification)];
    case 'chaos':
      return [broken(request.chaos)];
    case 'e2e':
      return [
        ...(request.target.kind === 'aks' ? [{ name: 'create', limitMs: request.cluster.createTimeoutMs }] : []),
        verified('deploy', request.verification),
        verified('verify', request.verification),
        scaled(request.scaling, request.verification),
        verified('autoscale', request.verification),
        broken(request.chaos),
        verified('last verify', request.verification),
      ];
    case 'preflight':
    case 'render':
    case 'recover':
    case 'collect':
    case 'teardown':
    case 'sweep':
      return [];
  }
}

/** How long the forward work of a request may take by the limits of its phases together, in milliseconds. */
export function budgetMs(request: Request): number {
  return budgetPhases(request).reduce((sum, phase) => sum + phase.limitMs, 0);
}

function verified(name: string, { timeoutMs }: Verification): BudgetPhase {
  return { name, limitMs: timeoutMs };
}

function scaled({ steps }: Scaling, { timeoutMs }: Verification): BudgetPhase {
  return { name: 'scale', limitMs: steps.length * timeoutMs };
}

function broken({ experiments, holdMs, steadyMs, limits }: Chaos): BudgetPhase {
  const limitsMs = experiments.map(name => 2 * steadyMs + holdOf(name, holdMs) + limits.maxRecoveryMs);
  return { name: 'chaos', limitMs: limitsMs.reduce((sum, limitMs) => sum + limitMs, 0) };
}
