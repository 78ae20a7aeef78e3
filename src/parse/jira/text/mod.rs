//! Descriptions in Jira's three markups, turned into the same plain text.

mod adf;
mod html;
mod wiki;

pub(super) use adf::{Node, plain as adf};
pub(super) use html::plain as html;
pub(super) use wiki::plain as wiki;

/// White space as a reader would set it: no blanks at the ends of lines, one empty line between paragraphs.
fn tidy(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    let mut empty = 0;
    for line in words.lines().map(str::trim_end) {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if !text.is_empty() {
            text.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        empty = 0;
        text.push_str(line);
    }
    text
}

/// A link as text: its words, and its target when they do not say it.
fn link(words: &str, target: &str) -> String {
    let (words, target) = (words.trim(), target.trim());
    if words.is_empty() || words == target {
        target.to_owned()
    } else if target.is_empty() || target.starts_with('#') {
        words.to_owned()
    } else {
        format!("{words} ({target})")
    }
}

/// The first `most` bytes of `words`. The end of a piece of markup is looked for no further than that: else
/// the time for many beginnings without an end would grow with the square of their number.
fn near(words: &str, most: usize) -> &str {
    words
        .get(..words.floor_char_boundary(most))
        .unwrap_or(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "GET /admin answered 200 to a plain user's token.\n\nSteps\n\n- Log in as a < b & c\n- Call it\n\nSee the advisory (https://advisories.example/1).\n\n    if a * b:\n        stop";

    #[test]
    fn the_three_markups_give_one_text() {
        let wiki_words = "{{GET /admin}} answered *200* to a plain user's token.\r\n\r\nh3. Steps\r\n\r\n* Log in as a < b & c\r\n* Call it\r\n\r\nSee [the advisory|https://advisories.example/1].\r\n\r\n{code:python}\r\n    if a * b:\r\n        stop\r\n{code}";
        let html_words = "<p><tt>GET /admin</tt> answered <b>200</b> to a\nplain user&#39;s token.</p>\n\n<h3><a name=\"Steps\"></a>Steps</h3>\n\n<ul>\n\t<li>Log in as a &lt; b &amp; c</li>\n\t<li>Call it</li>\n</ul>\n\n<p>See <a href=\"https://advisories.example/1\" class=\"external-link\">the advisory</a>.</p>\n\n<div class=\"code panel\"><div class=\"codeContent\">\n<pre class=\"code-python\">    if a * b:\n        stop\n</pre></div></div>";
        let adf_words = r#"{"type":"doc","version":1,"content":[
            {"type":"paragraph","content":[{"type":"text","text":"GET /admin","marks":[{"type":"code"}]},{"type":"text","text":" answered "},
                {"type":"text","text":"200","marks":[{"type":"strong"}]},{"type":"text","text":" to a plain user's token."}]},
            {"type":"heading","attrs":{"level":3},"content":[{"type":"text","text":"Steps"}]},
            {"type":"bulletList","content":[
                {"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"Log in as a < b & c"}]}]},
                {"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"Call it"}]}]}]},
            {"type":"paragraph","content":[{"type":"text","text":"See "},
                {"type":"text","text":"the advisory","marks":[{"type":"link","attrs":{"href":"https://advisories.example/1"}}]},{"type":"text","text":"."}]},
            {"type":"codeBlock","attrs":{"language":"python"},"content":[{"type":"text","text":"    if a * b:\n        stop"}]}]}"#;
        assert_eq!(wiki(wiki_words), PLAIN);
        assert_eq!(html(html_words), PLAIN);
        assert_eq!(adf(&serde_json::from_str(adf_words).unwrap()), PLAIN);
    }

    #[test]
    fn broken_markup_does_not_end_the_text() {
        assert_eq!(
            html("a <b and c > d &bogus; &amp &#xD800; <script>x()</script>e <!-- f --> <unclosed"),
            "a d &bogus; &amp &#xD800; e <unclosed"
        );
        assert_eq!(
            wiki("2 * 3 * 4, src/**/x, [no link], {not a macro}, *open"),
            "2 * 3 * 4, src/**/x, [no link], {not a macro}, *open"
        );
        assert_eq!(
            wiki("{color:#ff0000}red{color} {noformat}*raw*{noformat}"),
            "red *raw*"
        );
    }

    #[test]
    fn adf_of_an_odd_shape_keeps_what_it_has() {
        let odd = r#"{"type":"doc","content":[{"type":"mention","attrs":{"text":"@team"}},{"type":"text","text":7},{"type":"inlineCard","attrs":{"url":"https://x.example"}},
            {"type":"unheard","content":[{"type":"text","text":"in"}]},{"type":"emoji","attrs":null},{"type":"paragraph","content":null}]}"#;
        assert_eq!(
            adf(&serde_json::from_str(odd).unwrap()),
            "@teamhttps://x.examplein"
        );
    }

    #[test]
    fn a_credential_is_seen_where_markup_glues_it_to_other_words() {
        let token = ["gh", "p_", &"aB3".repeat(12)].concat();
        let plain = "key[redacted github-token]s";
        assert_eq!(html(&format!("key<b>{token}</b>s")), plain);
        assert_eq!(wiki(&format!("key{{{{{token}}}}}s")), plain);
        let document = format!(
            r#"{{"type":"doc","content":[{{"type":"text","text":"key"}},{{"type":"text","text":"{token}"}},{{"type":"text","text":"s"}}]}}"#
        );
        assert_eq!(adf(&serde_json::from_str(&document).unwrap()), plain);
    }

    #[test]
    fn beginnings_without_an_end_are_passed_over_quickly() {
        for start in ["&", "<a", "[", "{{", "{", "*a", "é["] {
            let words = format!("{}>;]}}", start.repeat(1 << 16));
            assert!(!wiki(&words).is_empty());
            assert!(!html(&words).is_empty());
        }
    }
}
