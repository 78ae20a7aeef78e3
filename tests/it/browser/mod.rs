//! The HTML report in a real browser: what a reader does with it, and what a report's words cannot do to it.

mod driver;

use std::path::{Path, PathBuf};
use std::process::Command;

use driver::{Browser, Manner};
use serde_json::json;

use crate::project;

/// Merges and gives the page.
fn page(folder: &Path, arguments: &[&str]) -> PathBuf {
    let page = folder.join("report.html");
    let output = Command::new(env!("CARGO_BIN_EXE_scanfold"))
        .arg("merge")
        .args(arguments)
        .args(["--as-of", "2026-11-21", "-o"])
        .arg(&page)
        .current_dir(project("."))
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1 | 3)), "{words}");
    page
}

fn vendor(folder: &Path) -> PathBuf {
    page(
        folder,
        &[
            "samples/vendor",
            "--config",
            "samples/vendor/scanfold.toml",
            "--fail-on",
            "overdue",
        ],
    )
}

/// SARIF with as many results as wanted, each with its message and path.
fn sarif(folder: &Path, results: impl Iterator<Item = (String, String)>) -> String {
    let results: Vec<_> = results
        .map(|(words, path)| {
            let place = json!({ "physicalLocation": { "artifactLocation": { "uri": path }, "region": { "startLine": 3 } } });
            json!({ "ruleId": words, "level": "error", "message": { "text": words }, "locations": [place] })
        })
        .collect();
    let report = json!({ "version": "2.1.0", "runs": [{
        "tool": { "driver": { "name": "Sniffer </script><b>", "version": "1" } }, "results": results,
    }] });
    let file = folder.join("report.sarif");
    std::fs::write(&file, report.to_string()).unwrap();
    file.display().to_string()
}

/// Opens a page and waits until it can be used.
fn opened(browser: &Browser, page: &Path, hash: &str) {
    browser.open(page, hash);
    browser
        .wait("document.readyState === 'complete' && performance.getEntriesByName('ready').length");
}

/// The names of the findings that the table shows.
fn names(browser: &Browser) -> Vec<String> {
    let told = browser.tell("return [...document.querySelectorAll('#table a.open strong')].map(name => name.textContent)");
    serde_json::from_value(told).unwrap()
}

/// What nobody may see or send: errors in the console, and anything asked of the network.
fn assert_quiet(browser: &Browser, page: &Path) {
    assert_eq!(browser.console(), Vec::<String>::new());
    assert_eq!(browser.requests(page), Vec::<String>::new());
}

#[test]
fn a_reader_sorts_filters_and_searches_the_table() {
    let Some(browser) = Browser::start(Manner::default()) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let page = vendor(folder.path());
    opened(&browser, &page, "");
    assert_eq!(
        browser.tell("return document.querySelector('h1').textContent"),
        "1 of 10 open findings is overdue"
    );
    assert_eq!(
        browser.tell("return document.querySelector('.fails code').textContent"),
        "overdue"
    );

    // The tile of what is overdue leads to exactly that.
    browser.click(".tiles .late a");
    browser.wait("!document.getElementById('findings').hidden");
    assert_eq!(names(&browser), ["csrt/1.2"]);
    assert_eq!(
        browser.tell("return document.getElementById('count').textContent"),
        "1 of 11 findings"
    );
    browser.click("#clear");
    let urgent = names(&browser);
    assert_eq!(urgent.len(), 11);
    assert_eq!(urgent[0], "csrt/1.2");

    // A column is sorted one way, then the other, then by urgency again.
    let sorted = |browser: &Browser| {
        browser.tell("return document.querySelector('th[data-name=finding]').ariaSort")
    };
    let mut expected = urgent.clone();
    expected.sort();
    browser.click("th[data-name=finding] button");
    assert_eq!(
        (names(&browser), sorted(&browser)),
        (expected.clone(), json!("ascending"))
    );
    browser.click("th[data-name=finding] button");
    expected.reverse();
    assert_eq!(
        (names(&browser), sorted(&browser)),
        (expected, json!("descending"))
    );
    browser.click("th[data-name=finding] button");
    assert_eq!((names(&browser), sorted(&browser)), (urgent, json!("none")));

    // A severity, and the words of the address say so.
    browser.click("#choices input[value=critical]");
    assert_eq!(browser.tell("return [...document.querySelectorAll('#table tbody .severity')].map(one => one.textContent)"), json!(["critical"]));
    assert_eq!(
        browser.tell("return location.hash"),
        "#findings?severity=critical"
    );
    browser.click("#clear");

    // The slash goes to the search, Escape empties it; an alias finds what is called by another id.
    browser.press("/");
    browser.press("ghsa-35jh queue");
    browser.wait("document.querySelectorAll('#table tbody tr').length === 1");
    assert_eq!(names(&browser), ["CVE-2021-23337"]);
    browser.press("\u{e00c}");
    browser.wait("document.querySelectorAll('#table tbody tr').length === 11");
    browser.press("nothing has this name");
    browser.wait("!document.getElementById('nothing').hidden");
    assert_quiet(&browser, &page);
}

#[test]
fn a_link_with_a_fingerprint_opens_the_finding_and_keys_lead_on() {
    let Some(browser) = Browser::start(Manner {
        is_dark: true,
        ..Manner::default()
    }) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let page = vendor(folder.path());
    opened(&browser, &page, "#cd272451c14c");
    browser.wait("document.getElementById('finding').open");
    assert_eq!(
        browser.tell("return document.getElementById('finding-title').textContent"),
        "Command Injection in lodash"
    );
    let text = browser.tell("return document.getElementById('finding-body').textContent");
    let text = text.as_str().unwrap();
    for words in [
        "by 2026-11-27, in 6 days",
        "flowdesk fix.high",
        "14 days from first-seen",
        "GHSA-35jh-r3h4-6jhm",
        "npm audit in samples/vendor/queue-board/nightly/npm-audit.json",
        "AMS-",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    // A fingerprint that is not there is said to be absent.
    browser.tell("location.hash = '#0123456789abcdef'");
    browser.wait(
        "!document.getElementById('nothing').hidden && !document.getElementById('finding').open",
    );
    browser.tell("location.hash = '#cd272451c14c'");
    browser.wait("document.getElementById('finding').open");
    browser.tell("location.hash = '#overview'");
    browser.wait("!document.getElementById('finding').open");
    browser.tell("location.hash = '#cd272451c14c'");
    browser.wait("document.getElementById('finding').open");
    // Escape goes back to where the reader was, and the arrows and Enter open the next one.
    browser.press("\u{e00c}");
    browser.wait("!document.getElementById('finding').open && location.hash === '#overview'");
    browser.click("header.top a[href='#findings']");
    browser.wait("document.querySelectorAll('#table tbody tr').length === 11");
    browser.press("\u{e015}\u{e015}");
    assert_eq!(
        browser.tell("return document.activeElement.getAttribute('href')"),
        "#cd272451c14c"
    );
    browser.press("\u{e007}");
    browser.wait("document.getElementById('finding').open");
    browser.press("\u{e012}");
    browser.wait("location.hash === '#551f950715de'");
    browser.press("\u{e00c}");
    browser.wait("location.hash === '#findings'");
    assert_eq!(
        browser.tell("return getComputedStyle(document.documentElement).backgroundColor"),
        "rgb(16, 19, 23)"
    );
    assert_quiet(&browser, &page);
}

#[test]
fn words_of_a_report_are_shown_and_never_run() {
    let Some(browser) = Browser::start(Manner::default()) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let attacks = [
        "<script>window.hurt = 1</script>",
        "</script><script>window.hurt = 2</script>",
        "<!--<script>",
        "<img src=x onerror='window.hurt = 3'>",
        "\" autofocus onfocus=\"window.hurt = 4",
        "{{ 7 * 7 }} ${window.hurt = 5} `${window.hurt = 6}`",
        "</style></title></textarea><svg onload='window.hurt = 7'>",
        "javascript:window.hurt=8",
    ];
    let results = attacks
        .iter()
        .map(|words| ((*words).to_owned(), format!("src/{words}.js")));
    let report = sarif(folder.path(), results);
    let page = page(folder.path(), &[&report, "--policy", "flowdesk"]);
    opened(&browser, &page, "#findings");
    let mut shown = names(&browser);
    shown.sort();
    let mut expected = attacks.map(str::to_owned);
    expected.sort();
    assert_eq!(shown, expected);
    for at in 0..attacks.len() {
        browser.tell(&format!(
            "location.hash = document.querySelectorAll('#table a.open')[{at}].hash"
        ));
        browser.wait(&format!(
            "document.getElementById('finding').open && opened === rows[{at}]"
        ));
    }
    assert_eq!(browser.tell("return window.hurt ?? null"), json!(null));
    assert_eq!(browser.tell("return document.querySelectorAll('img, b, [onerror], [onload], [onfocus], a[href^=javascript]').length"), 0);
    // Our own scripts, and no other: the first, the four others, and four blocks of data.
    assert_eq!(browser.tell("return document.scripts.length"), 9);
    // What would run if it stood in the page is refused by the page itself.
    browser.tell("const intruder = document.createElement('script'); intruder.textContent = 'window.hurt = 9'; document.body.append(intruder)");
    assert_eq!(browser.tell("return window.hurt ?? null"), json!(null));
    let refused = browser.console();
    assert!(
        refused.len() == 1 && refused[0].contains("Content Security Policy"),
        "{refused:?}"
    );
    assert_eq!(browser.requests(&page), Vec::<String>::new());
}

#[test]
fn a_page_of_a_large_table_is_shown_and_the_rest_is_found() {
    let Some(browser) = Browser::start(Manner {
        is_narrow: true,
        ..Manner::default()
    }) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let results =
        (0..1234).map(|number| (format!("rule-{number:04}"), format!("src/{number:04}.js")));
    let report = sarif(folder.path(), results);
    let page = page(folder.path(), &[&report, "--policy", "flowdesk"]);
    opened(
        &browser,
        &page,
        "#findings?sort=finding&page=13&columns=severity,finding,where",
    );
    let last: Vec<_> = (1200..1234)
        .map(|number| format!("rule-{number}"))
        .collect();
    assert_eq!(names(&browser), last);
    assert_eq!(
        browser.tell("return document.getElementById('page').textContent"),
        "1201–1234 of 1234"
    );
    browser.click("#earlier");
    assert_eq!(names(&browser).len(), 100);
    assert_eq!(
        browser.tell("return location.hash"),
        "#findings?sort=finding&page=12&columns=severity%2Cfinding%2Cwhere"
    );
    browser.click("#search");
    browser.press("src/0007.js");
    browser.wait("document.querySelectorAll('#table tbody tr').length === 1");
    assert_eq!(names(&browser), ["rule-0007"]);
    // Every object has these, and the table has no such columns.
    browser.tell("location.hash = '#findings?q=0008&sort=toString&columns=constructor,finding'");
    browser.wait("document.querySelector('#table a.open strong')?.textContent === 'rule-0008'");
    assert_eq!(
        browser.tell("return document.querySelectorAll('#table th').length"),
        1
    );
    // Nothing is wider than a phone.
    assert_eq!(
        browser.tell("return document.documentElement.scrollWidth"),
        390
    );
    assert_quiet(&browser, &page);
}

#[test]
fn without_scripts_the_verdict_and_the_most_urgent_are_there() {
    let Some(browser) = Browser::start(Manner {
        is_without_scripts: true,
        ..Manner::default()
    }) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let page = vendor(folder.path());
    browser.open(&page, "");
    let text = browser.tell("return document.body.innerText");
    let text = text.as_str().unwrap();
    for words in [
        "1 of 10 open findings is overdue",
        "Scripts are off",
        "5 days overdue",
        "CVE-2021-23337",
        "The table is drawn by the script",
        "samples/vendor/queue-board/npm-audit.json",
        "flowdesk",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("Clear filters"), "{text}");
    assert_quiet(&browser, &page);
}

/// How many findings the table says it shows.
fn counted(browser: &Browser) -> String {
    let told = browser.tell("return document.getElementById('count').textContent");
    told.as_str().unwrap().to_owned()
}

#[test]
fn the_controls_say_only_what_is_asked() {
    let Some(browser) = Browser::start(Manner::default()) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let page = vendor(folder.path());
    opened(&browser, &page, "#findings");
    // Each filter stands at "any", and none has a choice without words.
    let odd = "return [...document.querySelectorAll('#choices option')].map(one => one.textContent).filter(words => /^(no name|in  days)|^$/.test(words))";
    let stands = "return [...new Set([...document.querySelectorAll('#choices select')].map(one => one.selectedOptions[0]?.textContent))]";
    assert_eq!(browser.tell(odd), json!([]));
    assert_eq!(browser.tell(stands), json!(["any"]));
    // Names that are no columns and no filters, though every object of the language has them, ask nothing.
    opened(
        &browser,
        &page,
        "#findings?due=&toString=1&sort=toString&columns=toString",
    );
    assert_eq!(counted(&browser), "11 findings");
    assert_eq!(browser.tell(odd), json!([]));
    opened(&browser, &page, "#findings?due=3-9");
    assert_eq!(
        browser.tell("return document.getElementById('filter-due').selectedOptions[0].textContent"),
        "in 3 to 9 days"
    );

    // The tiles lead to as many findings as they say.
    opened(&browser, &page, "#overview");
    let tiles = browser.tell("return [...document.querySelectorAll('.tiles a')].map(one => [one.hash, one.querySelector('strong').textContent])");
    for tile in tiles.as_array().unwrap() {
        opened(&browser, &page, tile[0].as_str().unwrap());
        let shown = browser.tell("return String(answer.length)");
        assert_eq!(shown, tile[1], "{tile}");
    }

    // To skip to the content leaves what is asked as it is.
    opened(&browser, &page, "#findings?q=lodash");
    let before = counted(&browser);
    browser.tell("document.querySelector('.skip').focus()");
    browser.press("\u{e007}");
    assert_eq!(
        browser.tell("return [document.activeElement.id, location.hash]"),
        json!(["main", "#findings?q=lodash"])
    );
    assert_eq!(counted(&browser), before);

    // At least one column stays, and the menu goes away on Escape and on a click beside it.
    opened(&browser, &page, "#findings?columns=severity,finding");
    browser.click("#columns summary");
    browser.click("#columns input[value=severity]");
    assert_eq!(browser.tell("return [...document.querySelectorAll('#columns :checked')].map(one => [one.value, one.disabled])"), json!([["finding", true]]));
    browser.press("\u{e00c}");
    let is_open = "return document.getElementById('columns').open";
    assert_eq!(browser.tell(is_open), false);
    browser.click("#columns summary");
    assert_eq!(browser.tell(is_open), true);
    browser.click("#findings-title");
    assert_eq!(browser.tell(is_open), false);

    // A fingerprint may be written in capitals, and the chosen theme outlives the page.
    opened(&browser, &page, "#CD272451C14C");
    browser.wait("document.getElementById('finding').open");
    browser.press("\u{e00c}");
    browser.click("#theme");
    opened(&browser, &page, "");
    assert_eq!(
        browser.tell("return [document.documentElement.dataset.theme, document.getElementById('theme').textContent]"),
        json!(["dark", "Light"])
    );
    // What is seen of a link is what it is called by.
    assert_eq!(browser.tell("const plain = words => words.replace(/[^\\p{L}\\p{N}]+/gu, ' ').trim(); return [...document.querySelectorAll('.chart a')].filter(link => !plain(link.getAttribute('aria-label')).startsWith(plain([...link.querySelectorAll('text')].map(one => one.textContent).join(' ')))).map(link => link.getAttribute('aria-label'))"), json!([]));
    assert_eq!(browser.tell("return [...document.querySelectorAll('.page')].map(page => page.querySelectorAll('h1').length)"), json!([1, 1, 1, 1]));
    assert_quiet(&browser, &page);
}

#[test]
fn a_wide_table_stays_in_its_card_and_another_page_begins_at_its_head() {
    let Some(browser) = Browser::start(Manner::default()) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let results = (0..250).map(|number| {
        let name = format!("rule-{number:03} ");
        (name.repeat(400), format!("src/{number:03}.js"))
    });
    let report = sarif(folder.path(), results);
    // Without a policy nothing has a date, so nothing is fine.
    let page = page(folder.path(), &[&report]);
    opened(&browser, &page, "");
    assert_eq!(
        browser.tell("return document.querySelector('.verdict').className"),
        "verdict doubt"
    );
    opened(&browser, &page, "#findings");
    let longest = browser.tell("return Math.max(...[...document.querySelectorAll('#table a.open')].map(one => one.textContent.length))");
    assert!(longest.as_u64().unwrap() <= 121 + 241 + 1, "{longest}");
    browser.tell("change({ columns: Object.keys(COLUMNS) })");
    let fits = "const card = document.getElementById('card'); return [card.scrollWidth > card.clientWidth, document.documentElement.scrollWidth <= innerWidth]";
    assert_eq!(browser.tell(fits), json!([true, true]));
    opened(&browser, &page, "#findings");
    browser.click("#later");
    assert_eq!(
        browser.tell("return document.getElementById('page').textContent"),
        "101–200 of 250"
    );
    let head = browser.tell("return [document.activeElement.id, document.querySelector('#table thead').getBoundingClientRect().top < innerHeight / 2, document.querySelector('#table tbody tr').getBoundingClientRect().top > 0]");
    assert_eq!(head, json!(["table", true, true]));
    assert_quiet(&browser, &page);
}

#[test]
fn a_part_says_on_a_phone_that_it_is_one() {
    let Some(browser) = Browser::start(Manner {
        is_narrow: true,
        ..Manner::default()
    }) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    vendor(folder.path());
    let merged = folder.path().join("report.json");
    let shown = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_scanfold"))
            .args(arguments)
            .current_dir(project("."))
            .output()
            .unwrap();
        assert!(!output.stdout.is_empty() || merged.exists(), "{output:?}");
        output.stdout
    };
    let path = merged.to_str().unwrap();
    shown(&[
        "merge",
        "samples/vendor",
        "--config",
        "samples/vendor/scanfold.toml",
        "--as-of",
        "2026-11-21",
        "-o",
        path,
    ]);
    let part = folder.path().join("part.html");
    for (asked, words) in [
        (
            &["--where", "severity>=high"][..],
            "findings: those that meet severity>=high.",
        ),
        (
            &["--limit", "2"],
            "Here are only the first 2 of 11 findings.",
        ),
        (
            &["--where", "severity>=info", "--limit", "2"],
            "Here are only 2 of 11 findings: the first of the ",
        ),
    ] {
        let bytes = shown(&[&["show", path, "--to", "html"], asked].concat());
        std::fs::write(&part, bytes).unwrap();
        opened(&browser, &part, "#overview");
        let told = browser
            .tell("return [...document.querySelectorAll('.part')].map(one => one.textContent)");
        let [overview, table] = told.as_array().unwrap().as_slice() else {
            panic!("it is said twice: {told}");
        };
        assert_eq!(overview, table);
        assert!(overview.as_str().unwrap().contains(words), "{told}");
        let mood = browser.tell("return document.querySelector('.verdict').classList[1]");
        assert_ne!(mood, "fine");
    }
    // Nothing of the bar is cut, and what stands below a policy has its label.
    opened(&browser, &part, "#policies");
    assert_eq!(browser.tell("const bar = document.querySelector('.top nav'); return bar.scrollWidth <= bar.clientWidth"), true);
    assert_eq!(browser.tell("return [...document.querySelectorAll('#policies tbody tr:first-child td')].slice(1, 3).map(cell => getComputedStyle(cell, '::before').content)"), json!(["\"due dates: \"", "\"source: \""]));
    assert_quiet(&browser, &part);
}
