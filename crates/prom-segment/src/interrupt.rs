//! Calls that a signal interrupted are made again; `EINTR` never surfaces, `signal(7)`.

use std::io;

/// Makes the call until something else than a signal ends it.
///
/// # Errors
///
/// The call's, but for an interruption.
pub fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_interruptions_are_tried_again() {
        let mut outcomes = vec![Err(io::ErrorKind::NotFound), Ok(7)];
        outcomes.extend([Err(io::ErrorKind::Interrupted); 3]);
        let mut call = || uninterrupted(|| outcomes.pop().unwrap().map_err(io::Error::from));
        assert_eq!(7, call().unwrap());
        assert_eq!(io::ErrorKind::NotFound, call().unwrap_err().kind());
    }
}
