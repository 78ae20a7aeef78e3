use super::*;

/// A credential for each pattern, made up.
const CREDENTIALS: &[(&str, &str)] = &[
    (
        "private-key",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
    ),
    (
        "private-key",
        "-----BEGIN PGP PRIVATE KEY BLOCK----- lQOYBF -----END PGP PRIVATE KEY BLOCK-----",
    ),
    (
        "jwt",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4",
    ),
    ("jwt", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0In0."),
    ("aws-key", "AKIAIOSFODNN7EXAMPLE"),
    ("github-token", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
    (
        "github-token",
        "github_pat_11ABCDEFG0aaaaaaaaaaaa_bbbbbbbbbbbbbbbbbbbb",
    ),
    ("gitlab-token", "glpat-aB3dE6gH9jK2mN5pQ8sT"),
    ("slack-token", "xoxb-123456789012-abcdefGHIJKL"),
    ("npm-token", "npm_aB3dE6gH9jK2mN5pQ8sTaB3dE6gH9jK2mN5p"),
    (
        "atlassian-token",
        "ATATT3xFfGF0aB3dE6gH9jK2mN5pQ8sT_x-y=1A2B3C4D",
    ),
    ("google-key", "AIzaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q"),
    ("stripe-key", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
    (
        "private-key",
        "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/56wAAA\n---- END SSH2 ENCRYPTED PRIVATE KEY ----",
    ),
    (
        "private-key",
        "AGE-SECRET-KEY-1QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    ),
    ("google-key", "ya29.a0AfH6SMBx-aB3dE6gH9jK2mN5pQ8sT"),
    ("pypi-token", "pypi-AgEIcHlwaS5vcmcCJGFiY2RlZmdo"),
    ("api-key", "sk-ant-api03-aB3dE6gH9jK2mN5pQ8sT_uV1wX4yZ7-AA"),
    ("api-key", "sk-proj-aB3dE6gH9jK2mN5pQ8sTuV1wX4yZ7"),
    (
        "api-key",
        "sk-aB3dE6gH9jK2mN5pQ8sTuV1wX4yZ7cD0eF3gH6iJ9kL2mN5oP",
    ),
    (
        "sendgrid-key",
        "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",
    ),
    ("huggingface-token", "hf_aB3dE6gH9jK2mN5pQ8sTuV1wX4yZ7cD0eF"),
    (
        "digitalocean-token",
        "dop_v1_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    ),
    (
        "telegram-token",
        "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    ),
    ("shopify-token", "shpat_0123456789abcdef0123456789abcdef"),
    ("vault-token", "hvs.CAESIaB3dE6gH9jK2mN5pQ8sT"),
    ("docker-token", "dckr_pat_aB3dE6gH9jK2mN5pQ8sTuV1wX4y"),
];

#[test]
fn every_credential_leaves_its_name_and_nothing_else() {
    for (name, credential) in CREDENTIALS {
        assert_eq!(
            redact(&format!("found {credential}, rotate it")),
            format!("found [redacted {name}], rotate it")
        );
    }
}

#[test]
fn headers_keep_their_name_and_scheme() {
    for (words, redacted) in [
        (
            "Authorization: Basic dXNlcjpwYXNzd29yZA==",
            "Authorization: Basic [redacted authorization]",
        ),
        (
            r#"{"authorization": "Bearer hunterhunter", "x": 1}"#,
            r#"{"authorization": "Bearer [redacted authorization]", "x": 1}"#,
        ),
        (
            "https://a.example/x | Res Code: 200 Auth Header: JWT eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjF9.abc_def-123",
            "https://a.example/x | Res Code: 200 Auth Header: JWT [redacted authorization]",
        ),
        (
            "Authz Header: JWT sometexthere",
            "Authz Header: JWT [redacted authorization]",
        ),
        (
            "sent Bearer mF_9.B5f-4.1JqM to it",
            "sent Bearer [redacted authorization] to it",
        ),
        (
            "curl -H 'PRIVATE-TOKEN: 9koXpg98eAheJpvBs5tK'",
            "curl -H 'PRIVATE-TOKEN: [redacted authorization]'",
        ),
        (
            "bearer bearer mF9B5f41JqM2xQ7z",
            "bearer bearer [redacted authorization]",
        ),
        (
            "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "aws_secret_access_key = [redacted aws-secret]",
        ),
    ] {
        assert_eq!(redact(words), redacted);
    }
}

#[test]
fn passwords_in_addresses_go_and_hosts_stay() {
    for (words, redacted) in [
        (
            "git clone https://ci:hunter2@git.example/a.git",
            "git clone https://[redacted url-credentials]@git.example/a.git",
        ),
        (
            "redis://:hunter2@cache:6379/0",
            "redis://[redacted url-credentials]@cache:6379/0",
        ),
        (
            "https://ghp_16C7e42F292c6912E7710c838347Ae178B4a:x-oauth-basic@github.com/a/b",
            "https://[redacted url-credentials]@github.com/a/b",
        ),
        (
            "https://0123456789abcdef0123456789abcdef01234567@github.com/o/r.git",
            "https://[redacted url-credentials]@github.com/o/r.git",
        ),
        (
            "https://bob:Pa@ssWord99@host",
            "https://[redacted url-credentials]@host",
        ),
        (
            "https://bob:p@ss@host,https://eve:p@host2/x@y",
            "https://[redacted url-credentials]@host,https://[redacted url-credentials]@host2/x@y",
        ),
        (
            r#"["https://a:b@host","x@y.example"]"#,
            r#"["https://[redacted url-credentials]@host","x@y.example"]"#,
        ),
        (
            "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
            "https://hooks.slack.com/services/[redacted slack-webhook]",
        ),
    ] {
        assert_eq!(redact(words), redacted);
    }
}

#[test]
fn prose_and_names_stay_as_they_are() {
    for words in [
        "basic authentication requires a password",
        "Basic authentication-and-authorization",
        "the bearer token is not checked",
        "Authorization: Basic authentication is required.",
        "Authorization: required for all endpoints",
        "JWT authentication with jsonwebtoken-9.0.0 and passport-jwt",
        "Basic HttpAuthenticationFilter is not registered",
        "Authorization: Bearer ${token}",
        "Authorization: `Basic ${Buffer.from(user + password)}`",
        "Authorization: Bearer <token>",
        "Custom-Check-Authorization-18148541633132029413",
        "Authentication and Authorization of Application Resources",
        "https://a.example:8443/mail/user@b.example?x=1:2",
        "https://github.com/atlassian-labs/FSRT/issues",
        "pkg:npm/%40scope/name",
        "npm_config_cache and npm_package_json",
        "eyJust a word",
        "ASIAN-PACIFIC AKIA",
        "a public key: -----BEGIN PUBLIC KEY----- MIIB",
    ] {
        assert_eq!(redact(words), words);
        assert!(matches!(redact(words), Cow::Borrowed(_)));
    }
}

#[test]
fn a_private_key_without_an_end_goes_to_the_end() {
    assert_eq!(
        redact("key: -----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaC1r"),
        "key: [redacted private-key]"
    );
}

#[test]
fn what_stands_behind_a_word_does_not_make_it_a_credential_later() {
    for (words, redacted) in [
        (
            "authz-header=a00A00000AA=xoxb-123456789012-abcdefGHIJKL",
            "authz-header=[redacted authorization]",
        ),
        (
            "authz-header=a000000000A=xoxb-123456789012-abcdefGHIJKL",
            "authz-header=a000000000A=[redacted slack-token]",
        ),
    ] {
        assert_eq!(redact(words), redacted);
        assert_eq!(redact(redacted), redacted);
    }
}

#[test]
fn every_hint_is_in_the_texts_of_its_pattern() {
    // A pattern whose hints are wrong would never be looked for.
    for pattern in PATTERNS {
        assert!(!pattern.hints.is_empty(), "{}", pattern.name);
        let regex = Regex::new(pattern.shape).unwrap();
        let examples = CREDENTIALS.iter().map(|(_, words)| *words);
        for words in examples.filter(|words| regex.is_match(words)) {
            let folded = words.to_ascii_lowercase();
            assert!(
                pattern
                    .hints
                    .iter()
                    .any(|hint| words.contains(hint) || folded.contains(hint)),
                "{}: {words}",
                pattern.name
            );
        }
    }
}

#[test]
fn long_hostile_texts_take_linear_time() {
    // Each is the start of a credential over and over: backtracking would not come back from these.
    for piece in [
        "bearer ",
        "eyJaaaaa.",
        "a://b:",
        "-----BEGIN PRIVATE KEY",
        "authorization:",
        "ghp_",
        "x-auth",
        "password=",
        "\"password\": \"",
        "token=a.",
        "cookie:a=",
        "cookie=cookie=a;",
        "token",
        "auth",
        "secret ",
        "api_key",
        "password:\u{a0}",
        "digest response=",
        "curl -u ",
        "--token ",
        "signature=",
        "a://b@",
        "{<",
    ] {
        let words = piece.repeat(50_000 / piece.len());
        assert_eq!(redact(&redact(&words)), redact(&words));
    }
}

mod laws {
    use proptest::prelude::*;

    use super::*;

    /// Credentials and parts of them, what stands around them, and what is left in their place.
    fn piece() -> impl Strategy<Value = String> {
        let words = [
            " ",
            "  ",
            ":",
            "@",
            "/",
            "\"",
            "'",
            "=",
            ".",
            "-",
            "_",
            "]",
            "[",
            ",",
            "\n",
            "\\",
            "é",
            "://",
            "https://",
            "a",
            "user",
            "bearer ",
            "Basic ",
            "JWT\t",
            "Authorization: ",
            "Auth Header: ",
            "authz-header=",
            "X-Api-Key: ",
            "private-token:",
            "token ",
            "[redacted jwt]",
            "[redacted authorization]",
            "eyJ",
            "AKIA",
            "ghp_",
            "npm_",
            "glpat-",
            "xoxb-",
            "ATATT3",
            "AIza",
            "sk_live_",
            "ya29.",
            "hooks.slack.com/services/",
            "aws_secret_key=",
            "-----BEGIN PRIVATE KEY-----",
            "-----END PRIVATE KEY-----",
            "aB3dE6gH9jK2mN5pQ8sT",
            "ABCDEFGHIJKLMNOP",
            "authentication",
            "hunter2",
            "password",
            "password=",
            "\"password\": \"",
            "secret: ",
            "_token>",
            "Cookie: a=",
            "; b=",
            "--token ",
            "curl -u a:",
            "?sig=",
            "&key=",
            "Digest x response=",
            "Signature=",
            "SecretAccessKey\": \"",
            "AccountKey=",
            ":_authToken=",
            "publickey",
            "[redacted secret]",
            "[redacted github-token]",
            "${X}",
            "<x1>",
            "(",
            "{",
            "$",
            "&",
            ";",
            "sha256-",
            "a1b2c3d4e5",
            "\u{17f}",
            "\u{a0}",
        ];
        let credentials = CREDENTIALS.iter().map(|(_, words)| *words);
        let all: Vec<_> = words
            .into_iter()
            .chain(credentials)
            .map(str::to_owned)
            .collect();
        prop_oneof![8 => prop::sample::select(all), 1 => "[ -~]{0,24}", 1 => "[A-Za-z0-9]{1,40}"]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn redacting_again_changes_nothing(pieces in prop::collection::vec(piece(), 0..12)) {
            let words = pieces.concat();
            let once = redact(&words).into_owned();
            prop_assert_eq!(redact(&once), once.as_str());
        }

        #[test]
        fn the_search_for_hints_passes_nothing_over(pieces in prop::collection::vec(piece(), 0..12)) {
            let words = pieces.concat();
            prop_assert_eq!(redact(&words), redact_without_hints(&words));
        }

        #[test]
        fn any_words_at_all_are_redacted_once(words in "\\PC{0,200}") {
            let once = redact(&words).into_owned();
            prop_assert_eq!(redact(&once), once.as_str());
        }
    }
}

#[test]
fn a_credential_is_found_wherever_it_begins_in_a_long_text() {
    for before in (0..64).chain(1980..2120).chain(4020..4110) {
        let padding = ". ".repeat(before / 2) + &" ".repeat(before % 2);
        for (name, credential) in CREDENTIALS {
            let redacted = redact(&format!("{padding}{credential}")).into_owned();
            assert_eq!(redacted, format!("{padding}[redacted {name}]"), "{before}");
        }
    }
}

/// What the patterns say without any search for hints before them.
fn redact_without_hints(words: &str) -> String {
    let mut words = words.to_owned();
    for (pattern, regex) in PATTERNS.iter().zip(&COMPILED.patterns) {
        words = pattern.redact(regex, &words).unwrap_or(words);
    }
    words
}

#[test]
fn no_hint_is_passed_over_in_whatever_case() {
    for hint in PATTERNS.iter().flat_map(|pattern| pattern.hints) {
        let hint = if *hint == "key" { "api-key" } else { hint };
        for word in [hint.to_ascii_uppercase(), hint.to_ascii_lowercase()] {
            let words = format!("some words {word}='a=1@b' and others");
            assert!(!HINTS.has_none(&words), "{word}");
        }
    }
    for words in [
        "Words of prose, a path (src/a.js:3) and a mark or two!",
        "The password is a secret, a token or a cookie that a key of the author signs",
        "see https://a.example/b and https://c.example:8443/@d",
    ] {
        assert!(HINTS.has_none(words), "{words}");
    }
    // A long s is an s to those who compare words without case.
    assert_eq!(
        redact("ba\u{17f}ic dXNlcjpwYXNzd29yZA=="),
        "ba\u{17f}ic [redacted authorization]"
    );
}

/// What is taken away stands between two `~`, under the name that is left in its place.
const VALUES: &[(&str, &str)] = &[
    (
        "aws-secret",
        r#"{"SecretAccessKey": "~wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY~", "x": 1}"#,
    ),
    (
        "aws-secret",
        r#"\"awsSecretAccessKey\":\"~wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY~\""#,
    ),
    ("secret", r#""SessionToken": "~IQoJb3JpZ2luX2VjEJr1~""#),
    ("secret", "password=~hunter2~"),
    ("secret", "password: ~hunter2~, user: bob"),
    ("secret", "export DB_PASSWORD=~Sup3rS3cret!~"),
    ("secret", "spring.datasource.password = ~hunter2~"),
    ("secret", r#""password": "~swordfish~""#),
    ("secret", r#"\"password\": \"~hunter2~\""#),
    ("secret", r#"password = "~a\"b1c2d3~";"#),
    ("secret", r#"String password = "~hunter2~";"#),
    ("secret", r#"const DB_PASSWORD: &str = "~hunter2~";"#),
    ("secret", r#"password = b"~hunter2~""#),
    ("secret", "'password' => '~hunter2~'"),
    ("secret", "<password>~hunter2~</password>"),
    (
        "secret",
        "jdbc:sqlserver://db;user=sa;password=~Sum.mer2024#x~;encrypt=true",
    ),
    ("secret", "client_secret=~8f3b1c9a7d2e4f60~&grant_type=x"),
    ("secret", "clientSecret: '~Xy7~zQ9kLm2~'"),
    (
        "secret",
        "secret_key_base: ~0123456789abcdef0123456789abcdef~",
    ),
    ("secret", "GET /a?access_token=~a1b2c3d4e5f6g7h8~&page=2"),
    (
        "secret",
        "https://a.example/b?sig=~aB3dE6gH9jK2mN5pQ8sT%2F%3D~&se=2026-01-01",
    ),
    ("secret", "https://a.example/b?key=~aB3dE6gH9jK2mN5pQ8sT~"),
    (
        "secret",
        "//registry.npmjs.org/:_authToken=~0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9~",
    ),
    ("secret", "//registry.npmjs.org/:_auth=~Ym9iOmh1bnRlcjI=~"),
    (
        "secret",
        "AccountName=x;AccountKey=~Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq==~;EndpointSuffix=y",
    ),
    (
        "secret",
        "SharedAccessKeyName=k;SharedAccessKey=~aB3dE6gH9jK2mN5pQ8sTuV1wX4yZ7=~",
    ),
    ("secret", "curl -u bob:~hunter2~ https://a.example"),
    ("secret", "curl -s --user 'bob:~hunter2~' https://a.example"),
    ("secret", "tool --db-password ~hunter2~ --verbose"),
    (
        "authorization",
        r#"Authorization: Digest username="bob", nonce="dcd98b7102dd", response="~6629fae49393a05397450978507c4ef1~", qop=auth"#,
    ),
    (
        "signature",
        "Authorization: AWS4-HMAC-SHA256 Credential=x/20130524/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=~fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024~",
    ),
    (
        "signature",
        "?X-Amz-Signature=~fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024~&x=1",
    ),
    ("cookie", "Cookie: sid=~31d4d96e407aad42~; theme=dark"),
    (
        "cookie",
        "Set-Cookie: sid=~31d4d96e407aad42~; Path=/; Max-Age=1000000; SameSite=Strict",
    ),
    (
        "cookie",
        "res.setHeader('Set-Cookie', 'sid=~31d4d96e407aad42~; HttpOnly')",
    ),
    (
        "discord-webhook",
        "https://discord.com/api/webhooks/123456789012345678/~aB3dE6gH9jK2mN5pQ8sTuV1w~",
    ),
    (
        "teams-webhook",
        "https://a.webhook.office.com/webhookb2/~0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9@0f1e/IncomingWebhook/a1~",
    ),
    (
        "private-key",
        "PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 1\n~AAABAQCxfm6X5nQ3Yw==~\nPrivate-MAC: 50c45751d18d74c00fca395deb7b7695e3ed6f77",
    ),
    (
        "github-token",
        "x_~ghp_16C7e42F292c6912E7710c838347Ae178B4a~",
    ),
    (
        "github-token",
        r"a\n~ghp_16C7e42F292c6912E7710c838347Ae178B4a~",
    ),
    (
        "github-token",
        "a%3D~ghp_16C7e42F292c6912E7710c838347Ae178B4a~",
    ),
];

#[test]
fn values_of_secrets_go_and_their_names_stay() {
    for (name, marked) in VALUES {
        let first = marked.find('~').unwrap();
        let last = marked.rfind('~').unwrap();
        let words = format!(
            "{}{}{}",
            &marked[..first],
            &marked[first + 1..last],
            &marked[last + 1..]
        );
        let redacted = format!(
            "{}[redacted {name}]{}",
            &marked[..first],
            &marked[last + 1..]
        );
        assert_eq!(redact(&words), redacted);
        assert_eq!(redact(&redacted), redacted);
    }
}

#[test]
fn values_that_only_say_where_a_secret_comes_from_stay() {
    for words in [
        r#"password = os.environ["X"]"#,
        "password=${PASS1}",
        "password=$PASS1",
        "password: {{ vault_password1 }}",
        "token: process.env.TOKEN2",
        "token = request.headers[\"x-token-2\"]",
        "token = getToken2(user1)",
        "password = self.password1",
        "password: string",
        "password: Uint8Array",
        "token: OAuth2Token",
        "token: bytes32",
        "password = param1",
        r#""token": "<token-123456>""#,
        r#""password": "The password of user1""#,
        r#""password": "${DB_PASSWORD_1}""#,
        r#""password": "Password""#,
        r#"type="password" id="token12345678""#,
        "AccountKey=***",
        r#""password": "xxxxxxxx""#,
        "the password=field is missing",
        "Password: required, at least 8 characters",
        "secret: db-credentials-v2",
        "token=GITHUB_TOKEN_V2",
        "token_uri: https://oauth2.googleapis.com/token2",
        r#""jsonwebtoken": "^9.0.0-rc1""#,
        "io.jsonwebtoken:jjwt-api:0.11.5",
        "npm-access-token:config/prod1.env:3",
        "System, Version=4.0.0.0, PublicKeyToken=b77a5c561934e089",
        "secret:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "secret: arn:aws:secretsmanager:us-east-1:123456789012:secret:x-a1B2c3",
        "token: sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc=",
        "max_token: 4096, token: 4096",
        "https://git@github.com/o/r.git",
        "https://first.last-2024@git.example/o/r.git",
        "https://a.example:8443?mail=bob@b.example",
        "docker://alpine:3.18@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "https://bob:${PASS}@git.example/a",
        "curl -u \"$USER:$PASS\" https://a.example",
        "curl -u user:<password> https://a.example",
        "Set-Cookie: SameSite=Strict; Path=/aaaaaaaaaaaaaaaaaaaaaaaaa; HttpOnly",
        "Cookie: theme=dark; lang=en-US",
        "Set-Cookie: sid=<session-id-1234>; Secure",
        "the digest of the response= is missing",
        "a task-0123456789abcdef0123456789 and sk-SK",
        "0123456789abcdef0123456789abcdef01234567 CVE-2024-12345 GHSA-jfh8-c2jp-5v3q",
        r#"integrity="sha512-v2kDEe57lecTulaDIuNTPy3Ry4gLGJ6Z1O3vE1krgXZNrsQ+LFTGHVxVjcXPs17LhbZVGedAJv8XZ1tvj5FvSg==""#,
        "script-src 'nonce-2726c7f26c' 'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='",
    ] {
        assert_eq!(redact(words), words);
    }
}

#[test]
fn different_values_of_other_names_stay_different() {
    let words = |value: &str| format!("token = lookup({value}); password = \"hunter2\"");
    assert_ne!(redact(&words("a1")), redact(&words("a2")));
}
