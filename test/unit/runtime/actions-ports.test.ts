import { describe, expect, it } from '@jest/globals';
import { withoutCommands } from '../../../src/runtime/actions-ports.js';

describe('withoutCommands', () => {
  it.each([
    ['::save-state name=ledger::[]', ': :save-state name=ledger::[]'],
    ['Event:\n  ::add-mask::a', 'Event:\n  : :add-mask::a'],
    ['seen ##[set-env name=PATH]/tmp', 'seen ## [set-env name=PATH]/tmp'],
    ['\r::error::x', '\r: :error::x'],
    ['node aks::1 is Ready, RFC3339::fine', 'node aks::1 is Ready, RFC3339::fine'],
  ])('breaks up what the runner would obey: %j', (text, shown) => {
    expect(withoutCommands(text)).toBe(shown);
  });
});
