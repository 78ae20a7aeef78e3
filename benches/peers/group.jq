# Results of SARIF files, one of each, with how often each was seen: jq -n -f group.jq FILE...
[inputs | .runs[] | .tool.driver.name as $tool | .results[]? | {
    tool: $tool,
    rule: .ruleId,
    path: .locations[0].physicalLocation.artifactLocation.uri,
    line: .locations[0].physicalLocation.region.startLine,
    message: .message.text,
    print: ((.partialFingerprints // .fingerprints // {}) | to_entries | map(.value) | first)
  }]
| group_by([.tool, .rule, .path, (.print // [.line, .message])])
| map(first + {seen: length})
