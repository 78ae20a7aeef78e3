//! A real browser without a window, driven over the `WebDriver` protocol of the W3C, as far as the tests need it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Seconds for one answer of the driver.
const ANSWER: u64 = 60;
/// How long a page may take until it shows what is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running driver; it ends with this value, and the browser with it.
struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// Starts the driver on a port that is free.
    fn start(program: &Path) -> Self {
        let mut child = Command::new(program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut driver = Self { child, port: 0 };
        let (send, told) = mpsc::channel();
        // Reads on until the driver ends, so that it never waits for a reader.
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let port = line.split_once("successfully on port ");
                let port = port.and_then(|(_, rest)| rest.trim_end_matches('.').parse().ok());
                if let Some(port) = port {
                    let _ = send.send(port);
                }
            }
        });
        driver.port = told
            .recv_timeout(Duration::from_secs(ANSWER))
            .expect("chromedriver says on which port it listens");
        driver
    }

    fn ask(&self, method: &minreq::Method, path: &str, body: &Value) -> Result<Value, String> {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let mut request = minreq::Request::new(method.clone(), url).with_timeout(ANSWER);
        if *method == minreq::Method::Post {
            request = request
                .with_header("Content-Type", "application/json")
                .with_body(body.to_string());
        }
        let response = request.send().map_err(|error| error.to_string())?;
        let mut answer: Value =
            serde_json::from_slice(response.as_bytes()).map_err(|error| error.to_string())?;
        match response.status_code {
            200 => Ok(answer["value"].take()),
            _ => Err(answer["value"]["message"].to_string()),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How the browser of a test differs from a usual one.
#[derive(Clone, Copy, Default)]
pub(super) struct Manner {
    pub(super) is_dark: bool,
    pub(super) is_without_scripts: bool,
    pub(super) is_narrow: bool,
}

/// A browser with one page.
pub(super) struct Browser {
    driver: Driver,
    session: String,
    /// The profile, which goes with the browser.
    _profile: tempfile::TempDir,
}

impl Browser {
    /// A browser, or nothing where none is installed: then a line says so, unless one is required.
    #[expect(clippy::print_stderr, reason = "a skipped test must say so")]
    #[expect(
        clippy::disallowed_methods,
        reason = "whether a test runs changes nothing about the report"
    )]
    pub(super) fn start(manner: Manner) -> Option<Self> {
        let programs = ["chromium", "chromium-browser", "google-chrome"];
        let found = programs
            .into_iter()
            .find_map(installed)
            .zip(installed("chromedriver"));
        let Some((browser, driver)) = found else {
            let is_required =
                std::env::var_os("SCANFOLD_BROWSER").is_some_and(|word| word == "required");
            assert!(
                !is_required,
                "SCANFOLD_BROWSER=required, but chromium or chromedriver is not installed"
            );
            eprintln!("skipped: no chromium and chromedriver (Debian: chromium, chromium-driver)");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let size = if manner.is_narrow {
            "390,844"
        } else {
            "1280,900"
        };
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            format!("--window-size={size}"),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        if manner.is_dark {
            arguments.push("--blink-settings=preferredColorScheme=0".to_owned());
        }
        let mut options = json!({ "binary": browser, "args": arguments });
        if manner.is_narrow {
            options["mobileEmulation"] =
                json!({ "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 2.0 } });
        }
        if manner.is_without_scripts {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        } } });
        let driver = Driver::start(&driver);
        let session = driver
            .ask(&minreq::Method::Post, "/session", &wanted)
            .unwrap();
        let session = format!("/session/{}", session["sessionId"].as_str().unwrap());
        Some(Self {
            driver,
            session,
            _profile: profile,
        })
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let path = format!("{}/{path}", self.session);
        self.driver.ask(&minreq::Method::Post, &path, body).unwrap()
    }

    /// Opens a file, at what stands behind the `#`.
    pub(super) fn open(&self, file: &Path, hash: &str) {
        // A page of its own each time: another `#` alone would load nothing.
        self.post("url", &json!({ "url": "about:blank" }));
        self.post(
            "url",
            &json!({ "url": format!("file://{}{hash}", file.display()) }),
        );
    }

    /// What the body of a function returns.
    pub(super) fn tell(&self, script: &str) -> Value {
        self.post("execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Waits until an expression holds.
    pub(super) fn wait(&self, expression: &str) {
        let end = Instant::now() + PATIENCE;
        while self.tell(&format!("return Boolean({expression})")) != true {
            assert!(Instant::now() < end, "never: {expression}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks where the first element that fits stands, as a hand would.
    pub(super) fn click(&self, selector: &str) {
        let found = self.post(
            "element",
            &json!({ "using": "css selector", "value": selector }),
        );
        let (_, id) = found.as_object().unwrap().iter().next().unwrap();
        self.post(
            &format!("element/{}/click", id.as_str().unwrap()),
            &json!({}),
        );
    }

    /// Presses keys one after the other; `\u{e00c}` is Escape, see section 17.4.2 of the protocol.
    pub(super) fn press(&self, keys: &str) {
        let strokes: Vec<_> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key })))
            .collect();
        let actions = json!({ "actions": [{ "type": "key", "id": "keys", "actions": strokes }] });
        self.post("actions", &actions);
    }

    /// Takes a log: `browser` for the console, `performance` for what went over the network.
    fn log(&self, kind: &str) -> Vec<Value> {
        match self.post("se/log", &json!({ "type": kind })) {
            Value::Array(entries) => entries,
            other => panic!("a log is a list, not {other}"),
        }
    }

    /// What the console said.
    pub(super) fn console(&self) -> Vec<String> {
        let words = |entry: &Value| entry["message"].as_str().unwrap().to_owned();
        self.log("browser").iter().map(words).collect()
    }

    /// The addresses that the page asked for, but for its own file and what stands within an address.
    pub(super) fn requests(&self, file: &Path) -> Vec<String> {
        let own = format!("file://{}", file.display());
        let mut asked = Vec::new();
        for entry in self.log("performance") {
            let message: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            let message = &message["message"];
            let document = message["params"]["documentURL"]
                .as_str()
                .unwrap_or_default();
            // The browser's own first page asks for a lot.
            let is_ours = document.split('#').next() == Some(own.as_str());
            if message["method"] == "Network.requestWillBeSent" && is_ours {
                asked.push(
                    message["params"]["request"]["url"]
                        .as_str()
                        .unwrap()
                        .to_owned(),
                );
            }
        }
        assert!(
            asked.contains(&own),
            "the page itself is asked for: {asked:?}"
        );
        asked.retain(|url| *url != own && !url.starts_with("data:"));
        asked
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self
            .driver
            .ask(&minreq::Method::Delete, &self.session, &Value::Null);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "whether a test runs changes nothing about the report"
)]
fn installed(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut files = std::env::split_paths(&path).map(|folder| folder.join(program));
    files.find(|file| file.is_file())
}
