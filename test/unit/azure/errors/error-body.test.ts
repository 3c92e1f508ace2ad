import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { errorLine, parseArmError, readArmError } from '../../../../src/azure/errors/error-body.js';

const plain = { code: 'SubnetIsFull', message: 'no room', details: [] };

describe('parseArmError', () => {
  it.each([
    ['Azure Resource Manager', { error: { code: 'SubnetIsFull', message: 'no room' } }],
    ['AKS', { code: 'SubnetIsFull', message: 'no room', details: null, subcode: '' }],
    ['Azure Monitor', { Code: 'SubnetIsFull', Message: 'no room' }],
    ['a failed operation', { name: 'x', status: 'Failed', error: { code: 'SubnetIsFull', message: 'no room' } }],
    ['Microsoft Entra ID', { error: 'SubnetIsFull', error_description: 'no room' }],
    ['JSON as text', JSON.stringify({ code: 'SubnetIsFull', message: 'no room' })],
  ])('reads the form of %s', (_, body) => {
    expect(parseArmError(JSON.stringify(body))).toEqual(plain);
  });

  it('reads the targets, the details and the inner error', () => {
    const error = {
      code: 'OperationNotAllowed',
      message: 'no',
      target: 'vmSize',
      details: [{ code: 'TooManyRequests', message: '{"operationGroup":"Get"}' }],
      innererror: { internalErrorCode: 'TooManyRequestsReceived' },
    };
    expect(parseArmError(JSON.stringify({ error }))).toEqual({
      code: 'OperationNotAllowed',
      message: 'no',
      target: 'vmSize',
      details: [
        { code: 'TooManyRequests', message: '{"operationGroup":"Get"}', details: [] },
        { code: 'TooManyRequestsReceived', message: '', details: [] },
      ],
    });
  });

  it('reads an error that is JSON in the message of another one', () => {
    const message = JSON.stringify({ error: { code: 'SubnetIsFull', message: 'no room' } });
    const body = JSON.stringify({ status: 'Failed', error: { details: [{ code: 'BadRequest', message }] } });
    expect(parseArmError(body)).toEqual({
      code: '',
      message: '',
      details: [{ code: 'BadRequest', message: '', details: [plain] }],
    });
  });

  it.each(['', 'no JSON', '{"a":1}', '{}', '{', '[]', '7', 'null', '{"error":null}', '{"details":7}'])(
    'returns undefined for %s',
    body => {
      expect(parseArmError(body)).toBeUndefined();
    },
  );

  it('accepts any JSON, and stops at a depth', () => {
    fc.assert(
      fc.property(fc.json(), json => {
        const error = parseArmError(json);
        expect(error === undefined || errorLine(error) !== '').toBe(true);
      }),
    );
    let nested: object = plain;
    for (let depth = 0; depth < 500; depth += 1) nested = { code: 'Outer', details: [nested] };
    const error = readArmError(nested);
    expect(error && errorLine(error)).toBe('(Outer)');
  });
});

describe('errorLine', () => {
  it('puts an error and its inner errors on one line, each of them once', () => {
    const details = [
      plain,
      plain,
      { code: '', message: 'two\nlines', details: [] },
      { code: '', message: '', details: [] },
    ];
    expect(errorLine({ code: 'BadRequest', message: 'failed', details })).toBe(
      '(BadRequest) failed (SubnetIsFull) no room (no code) two lines',
    );
  });
});
