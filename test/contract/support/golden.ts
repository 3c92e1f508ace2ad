import { expect } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = 'test/contract/golden';

/**
 * Compares sections of lines with a file in `test/contract/golden`. UPDATE_GOLDEN=1 writes the file instead; a person
 * must then review the difference.
 */
export function expectGolden(name: string, sections: Readonly<Record<string, readonly string[]>>): void {
  const path = join(folder, `${name}.txt`);
  const text = Object.entries(sections)
    .map(([title, lines]) => `${title}:\n${lines.map(line => `  ${line}\n`).join('')}`)
    .join('\n');
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
}
