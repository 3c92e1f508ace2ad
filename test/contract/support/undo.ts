import { expect } from '@jest/globals';
import type { UndoEntry } from '../../../src/step-context/undo-log.js';
import type { Phase } from './job.js';

/** Returns what the step left for post in the saved state. */
export function leftIn({ state }: Pick<Phase, 'state'>): readonly UndoEntry[] {
  return JSON.parse(state['undo'] ?? '[]') as readonly UndoEntry[];
}

/** Expects that the post phase succeeded without a warning, and left nothing. */
export function expectNothingLeft(post: Phase): void {
  expect([post.code, post.annotations, leftIn(post)]).toEqual([0, [], []]);
  expect(post.summary).not.toContain('by hand');
}
