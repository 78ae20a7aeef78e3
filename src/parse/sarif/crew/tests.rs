use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ThreadId};
use std::time::Duration;

use super::*;

const PART: Part = Part::Run(7);

/// Says what it was given, in words and by whom.
struct Echo {
    each: Box<dyn Fn(usize) + Sync>,
}

impl Echo {
    fn quick() -> Self {
        Self {
            each: Box::new(|_| {}),
        }
    }
}

impl Work for Echo {
    type Desk = Part;
    type Outcome = (String, ThreadId);

    fn desk(&self, part: Part) -> Part {
        part
    }

    fn work(&self, desk: &Part, index: usize, raw: Result<&[u8], String>) -> Self::Outcome {
        (self.each)(index);
        let words = raw.map(|raw| String::from_utf8_lossy(raw).into_owned());
        let said = format!("{} {index} {words:?}", desk.pointer());
        (said, thread::current().id())
    }
}

#[derive(Default)]
struct Heard {
    said: Vec<String>,
    threads: Vec<ThreadId>,
}

impl Take<(String, ThreadId)> for Heard {
    fn take(&mut self, _part: Part, (said, thread): (String, ThreadId)) {
        self.said.push(said);
        self.threads.push(thread);
    }
}

fn pool(workers: usize) -> rayon::ThreadPool {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build();
    pool.unwrap()
}

/// Hands over results of these sizes.
fn hear(echo: &Echo, batch: usize, sizes: &[usize]) -> Heard {
    let input = Input::spool("log", &b""[..]).unwrap();
    let mut heard = Heard::default();
    let shares = Shares { log: 0, batch };
    together(echo, &mut heard, (shares, &input), |results| {
        results.begin(PART);
        for (index, size) in sizes.iter().enumerate() {
            let raw = vec![b'a'; *size];
            results.result(
                index,
                if *size == 0 {
                    Err("odd".to_owned())
                } else {
                    Ok(&raw)
                },
            );
        }
    });
    heard
}

fn expected(sizes: &[usize]) -> Vec<String> {
    let each = |(index, size): (usize, &usize)| match size {
        0 => format!("/runs/7 {index} Err(\"odd\")"),
        _ => format!("/runs/7 {index} Ok({:?})", "a".repeat(*size)),
    };
    sizes.iter().enumerate().map(each).collect()
}

#[test]
fn what_comes_of_results_is_taken_in_their_order() {
    // Some are too large to be set aside.
    let sizes: Vec<usize> = (0..5000).map(|index| index * 31 % 97).collect();
    let expected = expected(&sizes);
    for workers in [1, 2, 5] {
        for batch in [1, 20, 100, 1 << 20] {
            let heard = pool(workers).install(|| hear(&Echo::quick(), batch, &sizes).said);
            assert!(heard == expected, "{workers} workers, batches of {batch}");
        }
    }
    assert_eq!(hear(&Echo::quick(), 20, &sizes).said, expected);
}

#[test]
fn workers_without_anything_to_do_come_to_help() {
    let echo = Echo {
        each: Box::new(|_| thread::sleep(Duration::from_millis(1))),
    };
    let sizes = [10; 1500];
    let heard = pool(3).install(|| hear(&echo, 30, &sizes));
    assert_eq!(heard.said, expected(&sizes));
    let threads: BTreeSet<String> = (heard.threads.iter())
        .map(|thread| format!("{thread:?}"))
        .collect();
    assert_eq!(threads.len(), 3);
}

#[test]
fn a_walker_goes_on_alone_while_the_others_are_busy_and_not_any_longer() {
    let is_over = Arc::new(AtomicBool::new(false));
    let tell = Arc::clone(&is_over);
    let echo = Echo {
        each: Box::new(move |index| {
            thread::sleep(Duration::from_micros(100));
            if index == 1000 {
                tell.store(true, Ordering::Relaxed);
            }
        }),
    };
    let sizes = vec![10; 5000];
    let heard = pool(2).install(|| {
        rayon::scope(|scope| {
            let started = Arc::new(AtomicBool::new(false));
            let tell = Arc::clone(&started);
            scope.spawn(move |_| {
                tell.store(true, Ordering::Relaxed);
                while !is_over.load(Ordering::Relaxed) {
                    thread::sleep(Duration::from_micros(100));
                }
            });
            while !started.load(Ordering::Relaxed) {
                thread::yield_now();
            }
            hear(&echo, 30, &sizes)
        })
    });
    assert_eq!(heard.said, expected(&sizes));
    let first = heard.threads[0];
    let by_others = |results: &[ThreadId]| results.iter().any(|thread| *thread != first);
    assert!(!by_others(&heard.threads[..=1000]));
    assert!(by_others(&heard.threads[1001..]));
}

#[test]
fn a_panic_of_a_helper_is_one_of_the_walker() {
    let pool = pool(2);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        pool.install(|| {
            let walker = thread::current().id();
            let echo = Echo {
                each: Box::new(move |_| {
                    thread::sleep(Duration::from_millis(1));
                    assert_eq!(thread::current().id(), walker, "it was the helper");
                }),
            };
            hear(&echo, 30, &[10; 1500]).said.len()
        })
    }));
    let panic = panicked.unwrap_err();
    let words = panic.downcast_ref::<String>().unwrap();
    assert!(words.contains("it was the helper"), "{words}");
}
