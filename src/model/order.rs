//! Long lists in order, on as many workers as there are.

use rayon::prelude::*;

/// Sorts by keys that are made once each, and leaves what has equal keys in its order. On a thread of a pool the workers
/// share the work; the order is the same for any number of them.
pub fn sort_by_cached_key<T: Send, K: Ord + Send>(list: &mut [T], key: impl Fn(&T) -> K + Sync) {
    // Elsewhere there would be a pool of all cores from here on, whatever number of workers was asked for.
    if rayon::current_thread_index().is_some() {
        list.par_sort_by_cached_key(key);
    } else {
        list.sort_by_cached_key(key);
    }
}
