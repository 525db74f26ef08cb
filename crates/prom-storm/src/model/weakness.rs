//! `Weakness`: a part of the algorithm that is taken away, to see that its absence is found.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weakness {
    CreateThenLock,
    SharedConsumerLock,
    NoIdentityCheck,
    TornTailDelivered,
    ChildFlushesBuffer,
    ChildUnlocks,
    NoRescanOnOverflow,
    UnlinkBeforeProcess,
    ScanBeforeWatch,
    BusyDropped,
    NoDirectorySync,
    FlushAcknowledgedFirst,
    ReplacingRename,
    NamesFollowClock,
}

impl Weakness {
    pub(crate) const ALL: [Self; 14] = [
        Self::CreateThenLock,
        Self::SharedConsumerLock,
        Self::NoIdentityCheck,
        Self::TornTailDelivered,
        Self::ChildFlushesBuffer,
        Self::ChildUnlocks,
        Self::NoRescanOnOverflow,
        Self::UnlinkBeforeProcess,
        Self::ScanBeforeWatch,
        Self::BusyDropped,
        Self::NoDirectorySync,
        Self::FlushAcknowledgedFirst,
        Self::ReplacingRename,
        Self::NamesFollowClock,
    ];

    /// The name of its regression file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CreateThenLock => "create-then-lock",
            Self::SharedConsumerLock => "shared-consumer-lock",
            Self::NoIdentityCheck => "no-identity-check",
            Self::TornTailDelivered => "torn-tail-delivered",
            Self::ChildFlushesBuffer => "child-flushes-buffer",
            Self::ChildUnlocks => "child-unlocks",
            Self::NoRescanOnOverflow => "no-rescan-on-overflow",
            Self::UnlinkBeforeProcess => "unlink-before-process",
            Self::ScanBeforeWatch => "scan-before-watch",
            Self::BusyDropped => "busy-dropped",
            Self::NoDirectorySync => "no-directory-sync",
            Self::FlushAcknowledgedFirst => "flush-acknowledged-first",
            Self::ReplacingRename => "replacing-rename",
            Self::NamesFollowClock => "names-follow-clock",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|weakness| weakness.name() == name)
    }
}
