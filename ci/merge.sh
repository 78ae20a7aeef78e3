#!/usr/bin/env bash
# Runs `scanfold merge` in a job of a build service: what action.yml and ci/gitlab.yml have in common.
#
# What the job says comes in variables, never in the text of a command. Those that hold several things have one on each
# line. SCANFOLD_FOLDER receives report.json, report.html, code-scanning.sarif, report.csv, junit.xml and summary.md, on GitLab also
# its own two reports. It ends as `scanfold merge` does: docs/exit-codes.md.
set -euo pipefail

folder=${SCANFOLD_FOLDER:-scanfold-report}
arguments=(merge)

# One OPTION for each line that is not empty.
each() {
  local line
  while IFS= read -r line; do
    if [ -n "${line// /}" ]; then
      arguments+=("$1=$line")
    fi
  done <<< "$2"
}

each --config "${SCANFOLD_CONFIG:-}"
each --policy "${SCANFOLD_POLICY:-}"
each --triage "${SCANFOLD_TRIAGE:-}"
each --expect "${SCANFOLD_EXPECT:-}"
each --vex "${SCANFOLD_VEX:-}"
each --kev "${SCANFOLD_KEV:-}"
each --epss "${SCANFOLD_EPSS:-}"
each --advisory-db "${SCANFOLD_ADVISORY_DB:-}"
each --app "${SCANFOLD_APP:-}"
each --as-of "${SCANFOLD_AS_OF:-}"
each --fail-on "${SCANFOLD_FAIL_ON:-}"

# The first merge of a project has nothing to be compared with. A baseline that is named and missing later is an error,
# since its clocks would start anew: then SCANFOLD_FIRST is not set.
if [ -n "${SCANFOLD_BASELINE:-}" ]; then
  if [ -e "$SCANFOLD_BASELINE" ] || [ "${SCANFOLD_FIRST:-}" != "true" ]; then
    each --baseline "$SCANFOLD_BASELINE"
  else
    echo "scanfold: no baseline at $SCANFOLD_BASELINE: this is the first merge, and all clocks start now" >&2
  fi
fi

mkdir -p "$folder"
arguments+=(
  "--output=$folder/report.json"
  "--output=$folder/report.html"
  "--output=$folder/report.csv"
  "--to=github-sarif=$folder/code-scanning.sarif"
  "--to=junit=$folder/junit.xml"
  "--to=markdown=$folder/summary.md"
)
if [ "${GITHUB_ACTIONS:-}" = "true" ]; then
  arguments+=("--to=github=-")
elif [ "${GITLAB_CI:-}" = "true" ]; then
  arguments+=(
    "--to=gitlab-sast=$folder/gl-sast-report.json"
    "--to=gitlab-dependency-scanning=$folder/gl-dependency-scanning-report.json"
    "--to=text=-"
  )
else
  arguments+=("--to=text=-")
fi

reports=()
while IFS= read -r line; do
  if [ -n "${line// /}" ]; then
    reports+=("$line")
  fi
done <<< "${SCANFOLD_REPORTS:?SCANFOLD_REPORTS must name reports, directories or globs, one on each line}"

code=0
"${SCANFOLD:-scanfold}" "${arguments[@]}" -- "${reports[@]}" || code=$?

# What is not there was not written: code 2 leaves no result.
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -e "$folder/summary.md" ] && [ "$code" -ne 2 ]; then
  cat "$folder/summary.md" >> "$GITHUB_STEP_SUMMARY"
fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then
  echo "exit-code=$code" >> "$GITHUB_OUTPUT"
fi
exit "$code"
