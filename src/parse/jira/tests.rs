//! Each reader over the samples, and the three against each other.
