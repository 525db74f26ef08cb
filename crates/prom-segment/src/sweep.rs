//! Removing what writers left that died before their segment had a name.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::directory::files;
use crate::lock;
use crate::name::Destination;

/// A writer comes from the creation of the hidden file to its lock in microseconds; an hour also
/// covers one that is stopped in between.
const AGE: Duration = Duration::from_secs(3600);

/// Removes hidden files of this prefix that are old, empty and locked by nobody, and hidden second
/// names of segments; says how many.
///
/// Best effort: they are in nobody's way, and what cannot be removed now is left for the next time.
pub(crate) fn sweep(to: &Destination, now: SystemTime) -> u64 {
    let orphans = files(to.directory(), |name| to.is_hidden(name)).unwrap_or_default();
    let paths = orphans.iter().map(|orphan| to.directory().join(orphan));
    paths.map(|orphan| u64::from(remove(&orphan, now).unwrap_or(false))).sum()
}

fn remove(orphan: &Path, now: SystemTime) -> io::Result<bool> {
    let metadata = fs::symlink_metadata(orphan)?;
    // The other name is that of the segment, so this one is to nobody's use, whatever is in the file.
    // A writer between its link and its unlink finds its work done.
    if metadata.is_file() && metadata.nlink() > 1 {
        fs::remove_file(orphan)?;
        return Ok(true);
    }
    let age = now.duration_since(metadata.modified()?).unwrap_or_default();
    if !metadata.is_file() || metadata.len() > 0 || age < AGE {
        return Ok(false);
    }
    let flags = nix::libc::O_NOFOLLOW | nix::libc::O_NONBLOCK;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(orphan)?;
    // Under the lock, so a writer that comes to life after all finds it taken and gives up.
    let ours = lock::try_exclusive(&file)?;
    if ours {
        fs::remove_file(orphan)?;
    }
    Ok(ours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    #[test]
    fn only_old_empty_unlocked_hidden_files_of_the_prefix_go() {
        let directory = tempfile::tempdir().unwrap();
        let to = Destination::new(&directory.path().join("a.")).unwrap();
        let at = |name: &str| directory.path().join(name);
        let old = SystemTime::now() - AGE * 2;
        let make = |path: &Path, text: &str| {
            fs::write(path, text).unwrap();
            File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
        };
        let kept =
            [".a.5.tmp", ".b.5.6.tmp", ".a.x.6.tmp", "a.5.6.tmp", ".a.5.6.tmp.gz", ".a.9.9.tmp"];
        kept.iter().for_each(|name| make(&at(name), ""));
        make(&at(".a.5.7.tmp"), "not empty");
        File::create(at(".a.5.8.tmp")).unwrap();
        let held = File::open(at(".a.9.9.tmp")).unwrap();
        assert!(lock::try_exclusive(&held).unwrap());
        make(&at("a.1.prom"), "a 1\n");
        fs::hard_link(at("a.1.prom"), at(".a.5.9.tmp")).unwrap();
        File::create(at("a.2.prom")).unwrap();
        fs::hard_link(at("a.2.prom"), at(".a.5.10.tmp")).unwrap();
        let held_twice = File::open(at("a.2.prom")).unwrap();
        assert!(lock::try_exclusive(&held_twice).unwrap());
        fs::hard_link(at("a.2.prom"), at(".b.5.10.tmp")).unwrap();
        make(&at(&to.hidden(5, 6).file_name().unwrap().to_string_lossy()), "");
        assert_eq!(3, sweep(&to, SystemTime::now()));
        for name in [".a.5.6.tmp", ".a.5.9.tmp", ".a.5.10.tmp"] {
            assert!(!at(name).exists(), "{name}");
        }
        assert_eq!("a 1\n", fs::read_to_string(at("a.1.prom")).unwrap());
        let others = [".a.5.7.tmp", ".a.5.8.tmp", ".b.5.10.tmp", "a.1.prom", "a.2.prom"];
        for name in kept.iter().chain(&others) {
            assert!(at(name).exists(), "{name}");
        }
    }
}
