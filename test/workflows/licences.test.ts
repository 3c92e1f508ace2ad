import { expect, it } from '@jest/globals';
import { readText } from './support/project-files.js';

it('the licences of all that the action may contain are beside it', () => {
  const { dependencies } = JSON.parse(readText('package.json')) as { readonly dependencies: Record<string, string> };
  const heads = [...readText('dist/licenses.txt').matchAll(/^(\S+)\n(?:MIT|ISC|Apache-2\.0)$/gm)].map(
    ([, name]) => name,
  );
  expect(heads).toEqual(expect.arrayContaining([...Object.keys(dependencies), '@octokit/core', 'undici', 'tunnel']));
});
