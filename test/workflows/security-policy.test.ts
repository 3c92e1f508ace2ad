import { expect, it } from '@jest/globals';
import { readText } from './support/project-files.js';

const [, after = ''] = readText('SECURITY.md').split('### What always holds\n');
const [table = ''] = after.split('\n### ');
// The first two are the head of the table and the line under it.
const rows = [...table.matchAll(/^\| .* \|$/gm)].slice(2).map(([row]) => row);

/** The tests that a row names, as file and title. */
function testsOf(row: string): readonly { readonly file: string; readonly title: string }[] {
  return [...row.matchAll(/`(test\/[\w./-]+\.test\.ts)`: (.+?)(?= · | \|$)/g)].map(([, file = '', title = '']) => ({
    file,
    title,
  }));
}

it('each promise of the security policy names tests that hold it', () => {
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter(row => testsOf(row).length === 0)).toEqual([]);
});

it.each(rows.flatMap(testsOf))('$file has "$title"', ({ file, title }) => {
  const titles = [...readText(file).matchAll(/\bit(?:\.each.*)?\(\s*'(.+)',/g)].map(([, text = '']) => text);
  expect(titles).toContain(title);
});
