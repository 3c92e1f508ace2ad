/** The facts about a release that are checked. */
export interface ReleaseFacts {
  /** As typed by the person who releases. */
  readonly version: string;
  /** The git reference on which the workflow runs. */
  readonly ref: string;
  readonly packageVersion: string;
  readonly changelog: string;
  /** `2026-11-26`, in UTC. */
  readonly today: string;
}

/** Returns the reasons not to release; empty if there are none. */
export function releaseProblems(facts: ReleaseFacts): readonly string[] {
  const { version, ref, packageVersion } = facts;
  // No other message repeats a text that does not have this form.
  if (!/^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/.test(version)) {
    return ['The version must be X.Y.Z, three numbers without leading zeros, such as 1.4.0, and no v before them.'];
  }
  const problems = [];
  if (ref !== 'refs/heads/main') problems.push(`Releases are made from main only; this is ${ref}.`);
  if (packageVersion !== version) {
    problems.push(
      `package.json says ${packageVersion}, not ${version}: run npm version ${version} --no-git-tag-version.`,
    );
  }
  return [...problems, ...changelogProblems(facts)];
}

function changelogProblems({ version, changelog, today }: ReleaseFacts): readonly string[] {
  const [section] = changelog.split(/^## /m).filter(text => text.startsWith(`[${version}]`));
  if (section === undefined) return [`CHANGELOG.md has no section for ${version}: add ## [${version}] - ${today}.`];
  const [heading = '', ...lines] = section.split('\n');
  const date = /\] - (\d{4}-\d{2}-\d{2})$/.exec(heading)?.[1];
  const problems = [];
  if (date === undefined || Number.isNaN(Date.parse(date))) {
    problems.push(`The section of ${version} in CHANGELOG.md has no date: write ## [${version}] - ${today}.`);
  } else if (date > today) {
    problems.push(`The section of ${version} in CHANGELOG.md has a date in the future, ${date}.`);
  }
  if (!lines.some(line => line.startsWith('- '))) {
    problems.push(`The section of ${version} in CHANGELOG.md lists nothing.`);
  }
  return problems;
}
