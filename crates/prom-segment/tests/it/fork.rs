//! A forked child neither writes what its parent accepted nor frees its parent's lock.

use prom_segment::{Lines, Reader, Writer};

use crate::child::Child;
use crate::segments;

fn manual(prefix: std::path::PathBuf) -> Writer {
    Writer::builder(prefix).background(false).build()
}

#[test]
fn a_child_that_only_ends_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = manual(directory.path().join("a."));
    writer.append(1, b"parent 1\n").unwrap();
    let path = writer.path().unwrap();
    let mut inherited = Some(writer);
    Child::run(|| drop(inherited.take())).succeeds();
    assert!(Reader::try_open(&path).unwrap().is_none(), "the child freed the lock");
    inherited.unwrap().close().unwrap();
    assert_eq!(vec![("a.1.prom".into(), "parent 1\n".into())], segments(directory.path()));
}

#[test]
fn a_child_has_no_open_segment_until_it_writes() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = manual(directory.path().join("a."));
    writer.append(1, b"parent 1\n").unwrap();
    let path = writer.path().unwrap();
    let mut inherited = Some(writer);
    Child::run(|| {
        let mut writer = inherited.take().unwrap();
        assert_eq!(None, writer.path());
        writer.append(2, b"child 1\n").unwrap();
        assert!(writer.path().is_some_and(|own| own != path));
        writer.close().unwrap();
    })
    .succeeds();
    assert_eq!(Some(path), inherited.unwrap().path());
}

#[test]
fn a_child_that_goes_on_writes_its_own_segments() {
    // The same timestamp and the same header: nothing but the process tells the two apart.
    for child_time in [1, 2] {
        let directory = tempfile::tempdir().unwrap();
        let mut writer = manual(directory.path().join("a."));
        let header = writer.header(b"# A\n").unwrap();
        let append = |writer: &mut Writer, now, text: &[u8]| {
            writer.append_all(now, &[Lines { header: Some(header), text }]).unwrap();
        };
        append(&mut writer, 1, b"parent 1\n");
        let mut inherited = Some(writer);
        Child::run(|| {
            let mut writer = inherited.take().unwrap();
            append(&mut writer, child_time, b"child 1\n");
            writer.close().unwrap();
        })
        .succeeds();
        let mut writer = inherited.unwrap();
        append(&mut writer, 3, b"parent 2\n");
        writer.close().unwrap();
        let expected = ["# A\nparent 1\nparent 2\n", "# A\nchild 1\n"];
        let texts: Vec<String> =
            segments(directory.path()).into_iter().map(|(_, text)| text).collect();
        assert_eq!(&expected[..], texts, "at {child_time}");
    }
}

#[test]
fn lines_without_a_header_or_with_another_one_are_the_childs_too() {
    // Neither the timestamp nor the header says that another process goes on.
    for segment_size in [0, 1 << 20] {
        for header in [None, Some("# B\n")] {
            let directory = tempfile::tempdir().unwrap();
            let prefix = directory.path().join("a.");
            let builder = Writer::builder(prefix).segment_size(segment_size).background(false);
            let mut writer = builder.build();
            let header = header.map(|text| (text, writer.header(text.as_bytes()).unwrap()));
            writer.append(1, b"parent 1\n").unwrap();
            let path = writer.path().unwrap();
            let mut inherited = Some(writer);
            Child::run(|| {
                let mut writer = inherited.take().unwrap();
                let header = header.map(|(_, header)| header);
                writer.append_all(1, &[Lines { header, text: b"child 1\n" }]).unwrap();
                writer.close().unwrap();
            })
            .succeeds();
            assert!(Reader::try_open(&path).unwrap().is_none(), "the child freed the lock");
            inherited.unwrap().close().unwrap();
            let texts: Vec<String> =
                segments(directory.path()).into_iter().map(|(_, text)| text).collect();
            let header = header.map_or("", |(text, _)| text);
            assert_eq!(vec!["parent 1\n".to_owned(), format!("{header}child 1\n")], texts);
        }
    }
}

#[test]
fn a_child_with_an_open_copy_does_not_keep_a_sealed_segment_locked() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = manual(directory.path().join("a."));
    writer.append(1, b"parent 1\n").unwrap();
    let path = writer.path().unwrap();
    let (waits, go) = std::io::pipe().unwrap();
    let child = Child::run(|| {
        let mut byte = [0];
        std::io::Read::read_exact(&mut { waits }, &mut byte).unwrap();
    });
    writer.close().unwrap();
    assert!(Reader::try_open(&path).unwrap().is_some(), "the child holds the lock");
    std::io::Write::write_all(&mut { go }, b"x").unwrap();
    child.succeeds();
}
