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

#[test]
fn no_hint_is_passed_over_in_whatever_case() {
    let lower_hint = REDACTOR.with(|redactor| redactor.lower_hint.clone());
    for hint in PATTERNS.iter().flat_map(|pattern| pattern.hints) {
        assert!(hint.len() <= LONGEST_HINT, "{hint}");
        for word in [hint.to_ascii_uppercase(), hint.to_ascii_lowercase()] {
            assert!(
                !has_no_hint(&format!("some words {word} and others"), &lower_hint),
                "{word}"
            );
        }
    }
    assert!(has_no_hint(
        "Words of prose, a path (src/a.js:3) and a mark or two!",
        &lower_hint
    ));
    // A long s is an s to those who compare words without case.
    assert_eq!(
        redact("ba\u{17f}ic dXNlcjpwYXNzd29yZA=="),
        "ba\u{17f}ic [redacted authorization]"
    );
}
