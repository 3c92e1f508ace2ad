import { toActionError } from '../../src/errors/action-error.js';
import type { Fault } from '../lab/azure/fault.js';
import { createGate } from '../lab/azure/gate.js';
import type { Gate } from '../lab/azure/messages.js';
import type { Bench } from './bench.js';
import { atCall, type Call, nameOf } from './calls.js';
import { type FaultKind, faultKinds } from './faults.js';
import type { MatrixOperation, Trace } from './operation.js';
import { describeResources, placeForeign } from './world.js';

/** One operation with one fault at one of its calls. */
export interface Cell {
  readonly operation: MatrixOperation;
  readonly call: Call;
  readonly fault: FaultKind;
}

export interface CellResult {
  readonly cell: Cell;
  /** `done`, with a note if the result does not cover everything, or the code of the error. */
  readonly outcome: string;
  readonly isDone: boolean;
  /** What is wrong; empty if the cell passed. */
  readonly violations: readonly string[];
}

/** Runs an operation without a fault. Returns the calls that it makes. @throws Error when it does not succeed. */
export async function recordCalls(bench: Bench, operation: MatrixOperation): Promise<readonly Call[]> {
  await bench.clear();
  await placeForeign(bench.azure);
  await operation.prepare(bench);
  const { azure, recorder } = await bench.open('own');
  const trace = { recorded: '' };
  const note = await operation.run(azure, bench, trace);
  const contradictions = operation.contradictions(bench, trace, note);
  if (contradictions.length > 0) throw new Error(`${operation.name} without a fault: ${contradictions.join('; ')}`);
  return recorder.calls();
}

/** Returns the cells of the calls of an operation. */
export function cellsOf(operation: MatrixOperation, calls: readonly Call[]): readonly Cell[] {
  return calls.flatMap(call => faultKinds.filter(fault => fault.fits(call)).map(fault => ({ operation, call, fault })));
}

/** Runs one cell and judges it. */
export async function runCell(bench: Bench, cell: Cell): Promise<CellResult> {
  const { operation, call, fault } = cell;
  await bench.clear();
  await placeForeign(bench.azure);
  const foreign = describeResources(bench.azure);
  await operation.prepare(bench);
  const trace: Trace = { recorded: '' };
  const attempt = await bench.open(fault.login ?? 'own');
  const gate = createGate();
  const made = atCall(fault.make(call), call);
  const remove = bench.azure.inject(operation.endsEarly === true ? failingAt(gate, made) : made);
  const problems = bench.azure.problems().length;
  const violations: string[] = [];
  const check = (what: string, found: readonly string[]): void => {
    violations.push(...found.map(text => `${what}: ${text}`));
  };
  let [outcome, isDone] = ['done', true];
  try {
    const note = await operation.run(attempt.azure, bench, trace);
    if (!/^$|^creation-|^expires/.test(note)) outcome = `done (${note})`;
    // What Azure still does counts only for the undoing.
    check('a success that is not true', operation.contradictions(bench, trace, note));
  } catch (error) {
    const { code, message } = toActionError(error);
    [outcome, isDone] = [code, false];
    if (code === 'internal') check('an error without a code', [message]);
    if (code === 'azure-forbidden' && !message.includes(call.request)) check('the action is not named', [message]);
    check('after the error', operation.afterError(bench, trace));
  }
  if (!bench.azure.requests().some(({ faults }) => faults.length > 0)) check('the fault', ['no request met it']);
  remove();
  gate.open();
  if (fault.lasts !== true) await bench.azure.idle();
  if (!isDone && (fault.lasts !== true || operation.isUndoneAlways === true))
    check('after the undoing', await undo(bench, cell, trace));
  const after = describeResources(bench.azure);
  const changed = [...foreign].filter(([id, description]) => after.get(id) !== description);
  check(
    'foreign resources',
    changed.map(([id]) => `${id} was changed`),
  );
  check('the stand-in', bench.azure.problems().slice(problems));
  return { cell, outcome, isDone, violations };
}

/** Returns a fault whose operation fails only when the gate opens: when the client no longer looks. */
function failingAt(gate: Gate, fault: Fault): Fault {
  const { effect } = fault;
  if (effect.kind !== 'trouble' || effect.trouble.failure === undefined) return fault;
  return { ...fault, effect: { kind: 'trouble', trouble: { ...effect.trouble, gate } } };
}

async function undo(bench: Bench, { operation }: Cell, trace: Trace): Promise<readonly string[]> {
  try {
    const { azure } = await bench.open('own');
    await operation.undo(azure, bench, trace);
    await bench.azure.idle();
    return operation.leftovers(bench, trace);
  } catch (error) {
    const { code, message } = toActionError(error);
    return [`${code}: ${message}`];
  }
}

export function titleOf({ operation, call, fault }: Cell): string {
  return `${operation.name}, ${nameOf(call)}, ${fault.name}`;
}
