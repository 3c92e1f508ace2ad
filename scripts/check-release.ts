/**
 * Checks whether the version in the variable VERSION may be released from GITHUB_REF; the exit code is 1 if not.
 * The release workflow runs this in the root of the project, before it publishes anything.
 */
import { readFileSync } from 'node:fs';
import { releaseProblems } from './release/problems.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
const problems = releaseProblems({
  version: process.env['VERSION'] ?? '',
  ref: process.env['GITHUB_REF'] ?? '',
  packageVersion: version,
  changelog: readFileSync('CHANGELOG.md', 'utf8'),
  today: new Date().toISOString().slice(0, 10),
});
for (const problem of problems) console.log(`::error::${problem}`);
if (problems.length === 0) console.log(`${version} may be released.`);
process.exitCode = problems.length === 0 ? 0 : 1;
