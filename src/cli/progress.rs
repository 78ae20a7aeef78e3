//! The bar that shows people on a terminal how far a long command is; everywhere else nothing is drawn.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::source::Progress;

/// How often the counters are looked at. What ends sooner shows no bar.
const PERIOD: Duration = Duration::from_millis(200);

/// Reading with a known end, and everything else. The last part is cut where the terminal ends.
const BAR: &str = "[{bar:16}] {bytes}/{total_bytes}, {eta} left, {wide_msg}";
const SPINNER: &str = "{spinner} {wide_msg}";

/// The bar that is drawn now, so that whatever is said goes around it.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// What the command is at.
#[derive(Clone)]
struct Stage {
    name: String,
    is_reading: bool,
    since: Instant,
}

/// A bar in a thread of its own. It is gone when it is dropped.
pub(super) struct Bar {
    stage: Arc<Mutex<Stage>>,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Bar {
    /// Starts to watch, if anybody sits in front of it: standard error is a terminal that can move its cursor, and no CI.
    pub(super) fn start(progress: &Arc<Progress>) -> Option<Self> {
        // indicatif looks at `TERM` itself. No colour is used, so that there is none for `NO_COLOR` to turn off.
        let target = ProgressDrawTarget::stderr();
        if !io::stderr().is_terminal() || target.is_hidden() || is_ci() {
            return None;
        }
        let bar = ProgressBar::with_draw_target(None, target);
        *lock(&SHOWN) = Some(bar.clone());
        let stage = Arc::new(Mutex::new(Stage {
            name: String::new(),
            is_reading: false,
            since: Instant::now(),
        }));
        let (stop, stopped) = mpsc::channel();
        let (progress, watched) = (Arc::clone(progress), Arc::clone(&stage));
        let thread = std::thread::spawn(move || {
            let mut drawn = None;
            while stopped.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
                let stage = lock(&watched).clone();
                draw(&bar, &progress, &stage, &mut drawn);
            }
            bar.finish_and_clear();
        });
        Some(Self {
            stage,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Another stage begins.
    pub(super) fn enter(&self, name: &str, is_reading: bool) {
        *lock(&self.stage) = Stage {
            name: name.to_owned(),
            is_reading,
            since: Instant::now(),
        };
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A bar that fell over has nothing to say to a report that is fine.
            let _ = thread.join();
        }
        *lock(&SHOWN) = None;
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(
    clippy::disallowed_methods,
    reason = "whether a bar is drawn changes nothing about the report"
)]
fn is_ci() -> bool {
    // Some CI systems give their jobs a terminal, and keep what is drawn on it line by line.
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

/// Draws what the counters say now. `drawn` is when the stage began that was drawn last.
fn draw(bar: &ProgressBar, progress: &Progress, stage: &Stage, drawn: &mut Option<Instant>) {
    let is_bar = stage.is_reading && progress.is_sized() && progress.total() > 0;
    if *drawn != Some(stage.since) {
        *drawn = Some(stage.since);
        let style = ProgressStyle::with_template(if is_bar { BAR } else { SPINNER });
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("=> ").tick_chars("-\\|/ "));
        bar.reset_eta();
    }
    // Each of these may draw, so that only what is new is handed over.
    let words = words(progress, stage, is_bar);
    if is_bar {
        if bar.length() != Some(progress.total()) {
            bar.set_length(progress.total());
        }
        bar.set_position(progress.bytes());
        bar.set_message(words);
    } else {
        if bar.message() != words {
            bar.set_message(words);
        }
        bar.tick();
    }
}

/// What stands beside the bar, or is all that is known where there is none.
fn words(progress: &Progress, stage: &Stage, is_bar: bool) -> String {
    let Stage {
        name, is_reading, ..
    } = stage;
    if *is_reading {
        let (done, all) = (progress.done(), progress.inputs());
        let millis = stage.since.elapsed().as_millis().max(1);
        let rate = u128::from(progress.records()) * 1000 / millis;
        let files = format!("{done}/{all} files, {rate} records/s");
        if is_bar {
            return files;
        }
        let bytes = HumanBytes(progress.bytes());
        return format!("{name}: {bytes}, {files}");
    }
    if progress.inputs() == 0 && progress.spooled() > 0 {
        let bytes = HumanBytes(progress.spooled());
        return format!("{name}: {bytes} of standard input");
    }
    name.clone()
}

/// Says something where a bar may be drawn: the bar makes room for it, and comes back below.
pub(super) fn beside<T>(say: impl FnOnce() -> T) -> T {
    let shown = lock(&SHOWN).clone();
    match shown {
        Some(bar) => bar.suspend(say),
        None => say(),
    }
}

/// Takes the bar away for good, since a result goes where it is drawn.
pub(super) fn make_room() {
    if let Some(bar) = lock(&SHOWN).take() {
        bar.finish_and_clear();
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Input;

    #[test]
    fn the_words_tell_the_stage_the_files_and_what_came_from_standard_input() {
        let progress = Arc::new(Progress::default());
        let mut stage = Stage {
            name: "find inputs".to_owned(),
            is_reading: false,
            since: Instant::now(),
        };
        assert_eq!(words(&progress, &stage, false), "find inputs");
        io::copy(&mut progress.spooling(&[0; 2048][..]), &mut io::sink()).unwrap();
        let spooling = words(&progress, &stage, false);
        assert_eq!(spooling, "find inputs: 2.00 KiB of standard input");
        for name in ["a.json", "b.json"] {
            let mut input = Input::spool(name, &b"[]"[..]).unwrap();
            input.watch(&progress);
            if name == "a.json" {
                input.finish();
            }
        }
        assert_eq!(words(&progress, &stage, false), "find inputs");
        (stage.name, stage.is_reading) = ("read".to_owned(), true);
        assert_eq!(words(&progress, &stage, true), "1/2 files, 0 records/s");
        let unsized_words = words(&progress, &stage, false);
        assert_eq!(unsized_words, "read: 2 B, 1/2 files, 0 records/s");
    }

    #[test]
    fn the_templates_of_the_bar_are_well_formed() {
        for template in [BAR, SPINNER] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
