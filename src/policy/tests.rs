//! Policies against worked examples.
