import { describe, expect, it } from '@jest/globals';
import { type ArmErrorBody, parseArmError } from '../../../../src/azure/errors/error-body.js';
import { classify, classifyArm } from '../../../../src/azure/errors/errors.js';
import { errorCorpus, publicErrors } from './error-corpus.js';

const texts = errorCorpus.flatMap(({ text, ...entry }) => (text === undefined ? [] : [{ ...entry, text }]));
const bodies = errorCorpus.flatMap(({ body, ...entry }) =>
  body === undefined ? [] : [{ ...entry, body: JSON.stringify(body) }],
);

/** The text that az prints for a body, in the format of azure-core. */
function azText({ code, message, target, details }: ArmErrorBody): string {
  const lines = [`(${code || 'None'}) ${message}`, `Code: ${code || 'None'}`, `Message: ${message}`];
  if (target !== undefined) lines.push(`Target: ${target}`);
  const inner = details.map(detail => azText(detail).replace(/^/gm, '\t')).join('\n');
  return [...lines, ...(inner === '' ? [] : [`Exception Details:${inner}`])].join('\n');
}

describe('the classification of real errors', () => {
  it('is tested with at least 80 errors of public issues and documents, each of them once', () => {
    const errors = publicErrors.map(({ text, body, conditional }) => JSON.stringify([text, body, conditional]));
    expect(new Set(errors).size).toBe(publicErrors.length);
    expect(publicErrors.length).toBeGreaterThanOrEqual(80);
  });

  it.each(texts)('knows the text of $source as $code', ({ text, code, conditional }) => {
    expect(classify(text, { conditional: conditional === true })?.code).toBe(code);
  });

  it.each(bodies)('knows the body of $source as $code', ({ body, status = 200, code, conditional }) => {
    expect(classifyArm({ status, body, conditional: conditional === true }).code).toBe(code);
  });

  it.each(bodies)('knows what az prints for $source as $code', ({ body, code, conditional }) => {
    const error = parseArmError(body);
    const printed = error ? `ERROR: ${azText(error)}` : '';
    expect(classify(printed, { conditional: conditional === true })?.code ?? 'azure-failed').toBe(code);
  });
});
