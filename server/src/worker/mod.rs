//! Background work that follows from committed changes.
