import { expect, it } from '@jest/globals';
import { readText } from './support/project-files.js';

/** The rows of the table below a heading. */
function rowsBelow(heading: string): readonly string[] {
  const [, after = ''] = readText('docs/security.md').split(`\n## ${heading}\n`);
  const [table = ''] = after.split('\n## ');
  // The first two are the head of the table and the line under it.
  return [...table.matchAll(/^\| .* \|$/gm)].slice(2).map(([row]) => row);
}

const promises = rowsBelow('What always holds');
const writers = rowsBelow('Who is trusted with what');

/** The tests that a row names, as file and title. */
function testsOf(row: string): readonly { readonly file: string; readonly title: string }[] {
  return [...row.matchAll(/`(test\/[\w./-]+\.test\.ts)`: (.+?)(?= · | \|$)/g)].map(([, file = '', title = '']) => ({
    file,
    title,
  }));
}

it('each promise of the trust model names tests that hold it', () => {
  expect(promises.length).toBeGreaterThan(5);
  expect(promises.filter(row => testsOf(row).length === 0)).toEqual([]);
});

it('each refusal of the trust model names tests that show it', () => {
  expect(writers.length).toBeGreaterThan(10);
  const bare = writers.filter(row => testsOf(row).length === 0);
  expect(bare.map(row => /\*\*(.+?)\*\*/.exec(row)?.[1])).toEqual([
    'Whoever may change the workflow',
    'Whoever may read Secrets there, and containers',
  ]);
});

it.each([...promises, ...writers].flatMap(testsOf))('$file has "$title"', ({ file, title }) => {
  const titles = [...readText(file).matchAll(/(?:\bit(?:\.each.*)?|^ *\](?: as const)?\))\(\s*'(.+)',/gm)].map(
    ([, text = '']) => text,
  );
  expect(titles).toContain(title);
});
