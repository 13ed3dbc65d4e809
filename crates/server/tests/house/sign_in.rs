//! Filled later.
