//! `Claims`: which names the families so far have taken; of all families with an allocator, else of
//! the last one.

#[cfg(feature = "alloc")]
pub(crate) use crate::family_set::FamilySet as Claims;

#[cfg(not(feature = "alloc"))]
pub(crate) use last::Claims;

#[cfg(not(feature = "alloc"))]
mod last {
    use core::convert::Infallible;

    use crate::dialect::Dialect;
    use crate::error::{FormatError, Rule};
    use crate::header::Header;
    use crate::sink::Sink;

    /// The hashes of the names of the last family; unused places are `None`.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Claims {
        hashes: [Option<u64>; 5],
    }

    impl Claims {
        pub(crate) const fn new(_: Dialect) -> Self {
            Self { hashes: [None; 5] }
        }

        pub(crate) fn claim(&mut self, header: &Header<'_>) -> Result<(), FormatError> {
            let mut hashes = [None; 5];
            for (place, suffix) in hashes.iter_mut().zip(header.suffixes()) {
                *place = Some(hash(header, suffix));
            }
            if hashes.iter().flatten().any(|hash| self.hashes.contains(&Some(*hash))) {
                return Err(FormatError::new(Rule::NameClash, header.stem.name().raw()));
            }
            self.hashes = hashes;
            Ok(())
        }
    }

    fn hash(header: &Header<'_>, suffix: &str) -> u64 {
        let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
        let Ok(()) = header.stem.write(suffix, &mut hasher);
        hasher.0
    }

    /// The 64-bit FNV-1a hash of what is written.
    struct Fnv(u64);

    impl Sink for Fnv {
        type Error = Infallible;

        fn write(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
            let step =
                |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            self.0 = bytes.iter().fold(self.0, step);
            Ok(())
        }
    }
}
