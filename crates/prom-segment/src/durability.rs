//! `Durability`: what survives a power cut.

/// How far a segment is pushed towards the disk. A crash of the program alone loses nothing that
/// was flushed at any of these levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Durability {
    /// The kernel decides. A power cut may lose the last half minute or so.
    #[default]
    None,
    /// `fdatasync(2)` when a segment is sealed.
    Seal,
    /// `fsync(2)` of the segment and of its directory at every flush and when it is sealed.
    Flush,
}
