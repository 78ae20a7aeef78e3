"""Results of SARIF files, one of each, with how often each was seen: python3 dedupe.py OUT FILE..."""

import json
import sys


def identity(tool, result):
    place = result["locations"][0]["physicalLocation"]
    prints = result.get("partialFingerprints") or result.get("fingerprints")
    here = place["artifactLocation"]["uri"]
    if prints:
        return tool, result["ruleId"], here, next(iter(prints.values()))
    return tool, result["ruleId"], here, place["region"]["startLine"], result["message"]["text"]


def main(out, *names):
    found = {}
    for name in names:
        with open(name, "rb") as file:
            log = json.load(file)
        for run in log["runs"]:
            tool = run["tool"]["driver"]["name"]
            for result in run.get("results") or []:
                key = identity(tool, result)
                if key in found:
                    found[key]["seen"] += 1
                else:
                    found[key] = {"tool": tool, "rule": result["ruleId"], "path": key[2],
                                  "message": result["message"]["text"], "seen": 1}
    with open(out, "w", encoding="utf-8") as file:
        json.dump(list(found.values()), file)


main(*sys.argv[1:])
