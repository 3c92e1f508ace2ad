import { describe, expect, it } from '@jest/globals';
import { ActionError, hasCode, toActionError } from '../../../src/errors/action-error.js';
import { catalogue } from '../../../src/errors/catalogue.js';

describe('ActionError', () => {
  it('takes hint and transience from the catalogue', () => {
    const error = new ActionError('azure-throttled', 'PUT was refused: 429.');
    expect(error.hint).toBe(catalogue['azure-throttled'].hint);
    expect(error.transient).toBe(true);
    expect(error.evidence).toBe('');
  });

  it('prefers a more specific hint over the hint of the catalogue', () => {
    expect(new ActionError('image-pull', 'm', { hint: 'Use tag 6.0.24.' }).hint).toBe('Use tag 6.0.24.');
  });

  it('keeps the cause for the debug log', () => {
    const cause = new Error('socket hang up');
    expect(new ActionError('api-unreachable', 'm', { cause }).cause).toBe(cause);
    expect(new ActionError('api-unreachable', 'm')).not.toHaveProperty('cause');
  });

  it('matches any of several codes', () => {
    const error = new ActionError('azure-capacity', 'm');
    expect(hasCode(error, 'azure-quota', 'azure-capacity')).toBe(true);
    expect(hasCode(error, 'azure-quota')).toBe(false);
    expect(hasCode(new Error('azure-capacity'), 'azure-capacity')).toBe(false);
  });
});

describe('toActionError', () => {
  it('returns an ActionError unchanged', () => {
    const error = new ActionError('cancelled', 'm');
    expect(toActionError(error)).toBe(error);
  });

  it('converts other errors to internal errors, with the stack as evidence', () => {
    const error = toActionError(new TypeError('x is not a function'));
    expect(error).toMatchObject({ code: 'internal', message: 'x is not a function' });
    expect(error.evidence).toContain('action-error.test');
  });

  it('accepts a value that is not an Error', () => {
    expect(toActionError('a string')).toMatchObject({ code: 'internal', message: 'a string', evidence: '' });
  });
});
