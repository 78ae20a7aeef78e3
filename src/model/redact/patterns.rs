//! What each sort of credential looks like.

/// What one sort of credential looks like.
pub(super) struct Pattern {
    /// The name that is left in its place.
    pub(super) name: &'static str,
    /// Words of which every match has one, so that texts without any of them are not searched. In lower case where the
    /// pattern takes any case.
    pub(super) hints: &'static [&'static str],
    /// What every match has in it as well, where the hints alone are words of prose.
    pub(super) near: Option<&'static str>,
    /// A group `keep` stands before the credential and stays; a group `token` is the start of one that needs a judge.
    pub(super) shape: &'static str,
    /// Whether the token that a match begins is a credential, and which characters belong to it.
    pub(super) judge: Judge,
}

/// How the patterns tell a credential from a word of prose.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Judge {
    /// The match alone says it.
    Shape,
    /// Who asks, in an address: a name and a password, or a token alone.
    Address,
    /// The value of a header.
    Header,
    /// Behind a scheme, without the name of a header before it.
    Scheme,
    /// The pairs of a cookie header.
    Cookie,
    /// A password of a command, whatever it looks like.
    Password,
    /// A value that must look as if a machine had made it.
    Opaque,
    /// What stands behind the name of a secret and a sign that gives it its value.
    Value,
}

/// Where a token with a prefix of its own may begin: not within a word, but behind `_`, an escaped line break and an escaped
/// character of an address.
macro_rules! start {
    () => {
        r"(?<keep>(?-u:\b)|_|\\[nrt]|%[0-9A-Fa-f]{2})"
    };
}

/// A pattern that only its shape tells.
const fn plain(name: &'static str, hints: &'static [&'static str], shape: &'static str) -> Pattern {
    judged(name, hints, shape, Judge::Shape)
}

const fn judged(
    name: &'static str,
    hints: &'static [&'static str],
    shape: &'static str,
    judge: Judge,
) -> Pattern {
    Pattern {
        name,
        hints,
        near: None,
        shape,
        judge,
    }
}

/// In this order: an address with a password may hold a token as its password, a header may hold any token, and the value
/// of a name is looked at when all that is known by itself is gone.
///
/// The boundaries are those of ASCII, for which the matcher needs no slow path. After each token stands a character that
/// can begin no other one, and no judge looks at what another pattern may take away later, so that what is left cannot
/// make a new match: redaction is idempotent.
pub(super) const PATTERNS: &[Pattern] = &[
    plain(
        "private-key",
        &["PRIVATE KEY"],
        r"-{4,5} ?BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)? ?-{4,5}[\s\S]*?(?:-{4,5} ?END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)? ?-{4,5}|\z)",
    ),
    plain(
        "private-key",
        &["Private-Lines:"],
        r"(?<keep>Private-Lines:\s{0,4}[0-9]{1,4}\s+)(?:[A-Za-z0-9+/=]{64}\s+)*[A-Za-z0-9+/=]{16,}",
    ),
    plain(
        "private-key",
        &["AGE-SECRET-KEY-"],
        concat!(start!(), r"AGE-SECRET-KEY-[A-Z0-9]{20}[A-Za-z0-9]*"),
    ),
    Pattern {
        name: "url-credentials",
        hints: &["://", r":\/\/"],
        near: Some(r":(?://|\\/\\/)[^\s/]+@"),
        shape: r"(?<keep>(?-u:\b)[A-Za-z][A-Za-z0-9+.-]*:(?://|\\/\\/))(?<token>[^\s/@])",
        judge: Judge::Address,
    },
    Pattern {
        name: "authorization",
        hints: &["auth", "key", "token"],
        near: Some(
            r#"(?i:(?:auth[a-z-]{0,32}|authz? header|x-api-key|(?:private|deploy|job)-token)["'`\\]{0,3}\s*[:=])"#,
        ),
        shape: r#"(?i)(?<keep>(?-u:\b)(?:authori[sz]ation|authz?[ -]header|x-[a-z-]{0,32}auth[a-z-]{0,32}|x-api-key|(?:private|deploy|job)-token)["'`\\]{0,3}\s*[:=]\s*["'`\\]{0,3}(?<scheme>(?:bearer|basic|jwt|token|apikey|negotiate|ntlm|ssws|bot|splunk|geniekey|sharedkey(?:lite)?)\s+)?)(?<token>[^\s"'`,;<>{}\[\]$\\]{6})"#,
        judge: Judge::Header,
    },
    judged(
        "authorization",
        &["bearer", "basic", "jwt"],
        r"(?i)(?<keep>(?-u:\b)(?:bearer|basic|jwt)\s+)(?<token>[A-Za-z0-9._~+/=-]{12})",
        Judge::Scheme,
    ),
    Pattern {
        name: "authorization",
        hints: &["digest"],
        near: Some(r"(?i:digest\s)"),
        shape: r#"(?i)(?<keep>(?-u:\b)digest\s[^\r\n]*?(?-u:\b)response["'\\]{0,3}\s*=\s*["'\\]{0,3})[0-9a-f]{16}[0-9a-z]*"#,
        judge: Judge::Shape,
    },
    Pattern {
        name: "cookie",
        hints: &["cookie"],
        near: Some(r#"(?i:cookie["'`\\]{0,3}\s*[:=,])"#),
        shape: r#"(?i)(?<keep>(?-u:\b)(?:set-)?cookie["'`\\]{0,3}\s*[:=,]\s*["'`\\]{0,3})(?<token>[a-z0-9_.$-]{1,64}=)"#,
        judge: Judge::Cookie,
    },
    plain(
        "jwt",
        &["eyJ"],
        concat!(
            start!(),
            r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)*"
        ),
    ),
    plain(
        "aws-key",
        &["AKIA", "ASIA"],
        concat!(start!(), r"(?:AKIA|ASIA)[A-Z0-9]{16}(?:(?-u:\b)|_)"),
    ),
    Pattern {
        name: "aws-secret",
        hints: &["secret", "token"],
        near: Some(r"(?i:aws[_-]?se(?:cret|ssion)|secretaccesskey)"),
        shape: r#"(?i)(?<keep>(?-u:\b)(?:aws[_-]?(?:secret|session[_-]?token)[a-z_-]{0,24}|secretaccesskey)["'`\\]{0,3}\s*[:=]\s*["'`\\]{0,3})[A-Z0-9/+=]{20,}"#,
        judge: Judge::Shape,
    },
    plain(
        "github-token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
        concat!(start!(), r"(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{20,}"),
    ),
    plain(
        "gitlab-token",
        &[
            "glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glagent-",
            "gloas-", "glimt-",
        ],
        concat!(
            start!(),
            r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas|imt)-[A-Za-z0-9_-]{16,}"
        ),
    ),
    plain(
        "slack-token",
        &["xox", "xapp-"],
        concat!(start!(), r"(?:xox[abceoprs]|xapp)-[A-Za-z0-9-]{10,}"),
    ),
    plain(
        "slack-webhook",
        &["hooks.slack.com"],
        r"(?<keep>hooks\.slack\.com/[a-z]{1,16}/)[A-Za-z0-9/_-]{20,}",
    ),
    plain(
        "discord-webhook",
        &["webhooks/"],
        r"(?<keep>discord(?:app)?\.com/api/(?:v[0-9]{1,2}/)?webhooks/[0-9]{5,20}/)[A-Za-z0-9_-]{20,}",
    ),
    plain(
        "teams-webhook",
        &[".com/webhook"],
        r"(?<keep>office\.com/webhook(?:b2)?/)[A-Za-z0-9@/_-]{20,}",
    ),
    plain(
        "npm-token",
        &["npm_"],
        concat!(start!(), r"npm_[A-Za-z0-9]{30,}"),
    ),
    plain(
        "pypi-token",
        &["pypi-Ag"],
        concat!(start!(), r"pypi-Ag[A-Za-z0-9_-]{16,}"),
    ),
    plain(
        "atlassian-token",
        &["ATATT", "ATCTT", "ATBB"],
        concat!(start!(), r"AT(?:ATT|CTT|BB)[A-Za-z0-9_=-]{20,}"),
    ),
    plain(
        "google-key",
        &["AIza", "GOCSPX-", "ya29.", "1//0"],
        concat!(
            start!(),
            r"(?:AIza[A-Za-z0-9_-]{35,}|GOCSPX-[A-Za-z0-9_-]{20,}|ya29\.[A-Za-z0-9_-]{20,}|1//0[A-Za-z0-9_-]{30,})"
        ),
    ),
    plain(
        "stripe-key",
        &["k_live_", "k_test_", "whsec_"],
        concat!(start!(), r"(?:[rs]k_(?:live|test)_|whsec_)[A-Za-z0-9]{16,}"),
    ),
    // Anthropic, OpenAI and those that took their form over.
    plain(
        "api-key",
        &["sk-"],
        concat!(
            start!(),
            r"sk-(?:(?:ant|proj|svcacct|admin|or|lf)-[A-Za-z0-9_-]{16,}|[A-Za-z0-9]{20,})"
        ),
    ),
    plain(
        "sendgrid-key",
        &["SG."],
        concat!(start!(), r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    ),
    plain(
        "huggingface-token",
        &["hf_"],
        concat!(start!(), r"hf_[A-Za-z0-9]{20,}"),
    ),
    plain(
        "digitalocean-token",
        &["_v1_"],
        concat!(start!(), r"do[opr]_v1_[a-f0-9]{32}[A-Za-z0-9]*"),
    ),
    plain(
        "telegram-token",
        &[":AA"],
        r"(?<keep>(?:(?-u:\b)|_|%[0-9A-Fa-f]{2})(?:bot)?)[0-9]{8,10}:AA[A-Za-z0-9_-]{30,}",
    ),
    plain(
        "shopify-token",
        &["shp"],
        concat!(start!(), r"shp(?:at|ss|ca|pa)_[a-fA-F0-9]{32}[A-Za-z0-9]*"),
    ),
    plain(
        "vault-token",
        &["hvs."],
        concat!(start!(), r"hvs\.[A-Za-z0-9_-]{20,}"),
    ),
    plain(
        "docker-token",
        &["dckr_"],
        concat!(start!(), r"dckr_[po]at_[A-Za-z0-9_-]{20,}"),
    ),
    // Of a request that was signed, and of an address that is: whoever has it can send it again.
    Pattern {
        name: "signature",
        hints: &["signature"],
        near: Some(r#"(?i:signature["'\\]{0,3}\s*=)"#),
        shape: r#"(?i)(?<keep>signature["'\\]{0,3}\s*=\s*["'\\]{0,3})(?<token>[a-z0-9%+/_=-]{32})"#,
        judge: Judge::Opaque,
    },
    Pattern {
        name: "secret",
        hints: &["sig=", "key", "sessionid="],
        near: Some(r"(?i:[?&;](?:sig|key|[a-z]{0,8}sessionid)=)"),
        shape: r"(?i)(?<keep>[?&;](?:sig|key|[a-z]{0,8}sessionid)=)(?<token>[a-z0-9%+/_=-]{16})",
        judge: Judge::Opaque,
    },
    Pattern {
        name: "secret",
        hints: &["curl"],
        near: Some(r"curl\s"),
        shape: r#"(?<keep>(?-u:\b)curl\s(?:[^\r\n]*?\s)?(?:-u|--user|-U|--proxy-user)[ =]*["'\\]{0,3}[^\s:"'\\]+:)(?<token>[^\s"'\\])"#,
        judge: Judge::Password,
    },
    Pattern {
        name: "secret",
        hints: &["pass", "token", "secret", "key"],
        near: Some(r"-(?:password|passwd|token|secret|api-key)\s"),
        shape: r#"(?<keep>--(?:[a-z]{1,16}-){0,3}(?<key>(?<password>password|passwd)|token|secret|api-key)\s+(?<quote>["'])?)(?<token>[^\s"'])"#,
        judge: Judge::Value,
    },
    Pattern {
        name: "secret",
        hints: &["auth", "key", "pass", "pwd", "secret", "token"],
        near: Some(
            r#"(?i:(?:passw|passphrase|passcode|pwd|secret|token|(?:api|access|account|auth|encryption|master|private|signing|storage|subscription)[ _-]?key|[_-]pass|:_auth)[a-z0-9_-]{0,16}["'`\\\])]{0,4}\s*[:=>])"#,
        ),
        shape: r#"(?i)(?<keep>(?<key>(?<password>pass(?:word|wd|phrase|code)|pwd)|secret|token|(?:api|secret)[ _-]?key|(?:access|account|auth|encryption|master|private|signing|storage|subscription)[_-]?key|[_-]pass|:_auth)(?:[_-]?(?:value|base|[0-9]{1,2}))?["'`\\\])]{0,4}(?:\s*:\s*&?(?:'static\s+)?(?:str|string|optional\[str\])\s*=\s*|\s*(?::=|=>|={1,3}|:)\s*|>)(?:[bru]?\\{0,3}(?<quote>["'`]))?)(?<token>[^\s"'`])"#,
        judge: Judge::Value,
    },
];
