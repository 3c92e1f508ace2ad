import { type CommandStep, commandStep } from '../../runtime/command-line.js';
import type { AzCommand } from '../cli/az-commands.js';
import { type ArmRequest, equivalentCommand } from './request.js';

/** A call of Azure: an az process, or a request to Azure Resource Manager. */
export type AzureCall = AzCommand | ArmRequest;

/** A call as a step of a dry run: the az command, or the one with the same effect. */
export function azureStep(call: AzureCall): CommandStep {
  return 'tool' in call ? commandStep(call) : { line: equivalentCommand(call), why: call.why, isRequest: true };
}
