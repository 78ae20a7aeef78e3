//! Merging that ignores order, grouping and repeats.

/// A join-semilattice: `join` is associative, commutative and idempotent.
///
/// Everything that two reports can both say of one finding is merged by it alone, so that reports may be merged in any
/// order, in any grouping and any number of times.
pub trait Join {
    /// Takes in what `other` knows.
    fn join(&mut self, other: Self);
}

/// What there is beats nothing.
impl<T: Join> Join for Option<T> {
    fn join(&mut self, other: Self) {
        match (self.as_mut(), other) {
            (Some(mine), Some(theirs)) => mine.join(theirs),
            (None, theirs) => *self = theirs,
            (Some(_), None) => {}
        }
    }
}

/// What a box holds is merged.
impl<T: Join> Join for Box<T> {
    fn join(&mut self, other: Self) {
        (**self).join(*other);
    }
}

/// The longer words win, and of equally long ones the smaller: longer usually says more, and the rule is total.
impl Join for super::Text {
    fn join(&mut self, other: Self) {
        let (mine, theirs) = (self.untrusted(), other.untrusted());
        if (theirs.len(), mine) > (mine.len(), theirs) {
            *self = other;
        }
    }
}

/// Once true, always true.
impl Join for bool {
    fn join(&mut self, other: Self) {
        *self |= other;
    }
}
