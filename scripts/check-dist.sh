#!/usr/bin/env bash
# Compares dist with what is committed, after `npm run bundle`: changed, missing and new files, ignored ones included.
# If GITHUB_STEP_SUMMARY is set, the first part of the difference goes there. The checkout is not changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# A separate index makes untracked files part of the difference.
export GIT_INDEX_FILE="$folder/index"
git read-tree HEAD
git add --all --force -- dist
# dist/** has -diff in .gitattributes: without --text git would only report that the files differ.
if git diff --cached --text --exit-code HEAD -- dist > "$folder/diff"; then
  echo 'dist is what the sources give.'
  exit 0
fi

git diff --cached --stat HEAD -- dist
echo "::error::dist is not what the sources give: run 'npm run bundle' and commit it"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  {
    echo '### dist is not what the sources give'
    echo
    # shellcheck disable=SC2016 # the backquotes are Markdown
    echo 'Run `npm run bundle` and commit it. The first 200 lines of the difference:'
    echo
    echo '~~~~~~~~diff'
    # No line of the bundle may close the fence, and the runner drops a summary larger than 1 MiB.
    head -n 200 "$folder/diff" | cut -c 1-300
    echo '~~~~~~~~'
  } >> "$GITHUB_STEP_SUMMARY"
fi
exit 1
