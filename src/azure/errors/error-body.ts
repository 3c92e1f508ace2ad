import { asRecord, type Json, text } from '../../runtime/json.js';
import { toOneLine } from '../../runtime/text.js';

/** An error in a response of Azure. */
export interface ArmErrorBody {
  /** Empty if Azure sends none. */
  readonly code: string;
  readonly message: string;
  /** The part of the request or the resource that the error is about. */
  readonly target?: string;
  /** The inner errors; they have the cause. */
  readonly details: readonly ArmErrorBody[];
}

/** How deep errors may be nested. Azure rarely exceeds four; each JSON text inside a message counts as well. */
const maxDepth = 10;

/** Parses the body of a failed response, or a message that is such a body. Returns undefined if it is no error. */
export function parseArmError(body: string): ArmErrorBody | undefined {
  return readBody(body, 0);
}

/**
 * Reads an error from parsed JSON. Azure has several forms: `{error: {code, message}}` of Azure Resource Manager, which
 * is also in a failed operation; the fields at the top level, of AKS; `Code` and `Message` of Azure Monitor; and
 * `{error, error_description}` of Microsoft Entra ID. Returns undefined for any other value.
 */
export function readArmError(json: unknown): ArmErrorBody | undefined {
  return readError(json, 0);
}

/**
 * Returns an error and its inner errors on one line: `(Code) message (InnerCode) inner message`. The inner errors have
 * the cause; the outer one often only says "operation failed".
 */
export function errorLine({ code, message, details }: ArmErrorBody): string {
  const own = code === '' && message === '' ? '' : toOneLine(`(${code || 'no code'}) ${message}`);
  // Azure repeats some errors as their own detail.
  return [...new Set([own, ...details.map(errorLine)])].filter(line => line !== '').join(' ');
}

function readBody(body: string, depth: number): ArmErrorBody | undefined {
  if (!/^\s*["{]/.test(body)) return undefined;
  try {
    return readError(JSON.parse(body), depth);
  } catch {
    return undefined;
  }
}

function readError(json: unknown, depth: number): ArmErrorBody | undefined {
  if (depth > maxDepth) return undefined;
  if (typeof json === 'string') return readBody(json, depth + 1);
  const fields = withLowerCaseNames(asRecord(json));
  const wrapped = fields['error'];
  if (typeof wrapped === 'object' && wrapped !== null) return readError(wrapped, depth + 1);
  const message = text(fields['message']) || text(fields['error_description']);
  const nested = readBody(message, depth + 1);
  const inner = [...asArray(fields['details']), fields['innererror']].map(detail => readError(detail, depth + 1));
  const code = text(fields['code']) || text(fields['internalerrorcode']) || text(wrapped);
  const details = [nested, ...inner].filter(detail => detail !== undefined);
  if (code === '' && message === '' && details.length === 0) return undefined;
  const target = text(fields['target']);
  return { code, message: nested ? '' : message, ...(target === '' ? {} : { target }), details };
}

function withLowerCaseNames(json: Json): Json {
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name.toLowerCase(), value]));
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
