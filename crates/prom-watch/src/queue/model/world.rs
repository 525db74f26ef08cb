//! `World`: the directory, the inodes and the writers.

use std::rc::Rc;

use super::rules::{Lock, Publish, Rules, Weakness};
use super::station::{Event, Station, byte};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Inode {
    pub(super) lock: Lock,
    /// All of its content is there.
    pub(super) written: bool,
    pub(super) processed: u8,
}

#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) rules: Rules,
    /// What each name leads to.
    pub(super) names: [Option<usize>; 2],
    pub(super) inodes: Vec<Inode>,
    pub(super) writers: Vec<Writer>,
    pub(super) stations: Vec<Rc<Station>>,
    pub(super) failures: u8,
    pub(super) deaths: u8,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Writer {
    segment: usize,
    step: u8,
    inode: usize,
}

impl World {
    pub(super) fn new(rules: Rules) -> Self {
        let station = Rc::new(Station::new(rules));
        Self {
            rules,
            names: [None; 2],
            inodes: Vec::new(),
            writers: vec![Writer::default(); rules.writers.len()],
            stations: vec![station; rules.stations],
            failures: rules.failures,
            deaths: rules.deaths,
        }
    }

    pub(super) fn station(&mut self, index: usize) -> &mut Station {
        Rc::make_mut(&mut self.stations[index])
    }

    pub(super) fn is_weak(&self, weakness: Weakness) -> bool {
        self.rules.weakness == Some(weakness)
    }

    pub(super) fn write(&mut self, index: usize) -> Option<&'static str> {
        let mut writer = self.writers[index];
        let name = *self.rules.writers[index].get(writer.segment)?;
        let hidden = self.rules.publish == Publish::Hidden;
        let explicit = self.rules.explicit_unlock;
        let step = match writer.step {
            0 if self.names[name].is_some() => return None,
            0 => {
                writer.inode = self.inodes.len();
                let lock = if hidden { Lock::Writer } else { Lock::Free };
                self.inodes.push(Inode { lock, written: false, processed: 0 });
                self.names[name] = Some(writer.inode);
                if hidden {
                    self.tell(Event::Written(name));
                }
                "publishes"
            }
            1 if self.inodes[writer.inode].lock != Lock::Free => return None,
            1 => {
                self.inodes[writer.inode].lock = Lock::Writer;
                "locks"
            }
            2 => {
                self.inodes[writer.inode].written = true;
                "writes"
            }
            3 if explicit => self.unlock(writer.inode),
            3 => self.close(name),
            _ if explicit => self.close(name),
            _ => self.unlock(writer.inode),
        };
        writer.step += if hidden && writer.step == 0 { 2 } else { 1 };
        if writer.step > 4 {
            writer = Writer { segment: writer.segment + 1, ..Writer::default() };
        }
        self.writers[index] = writer;
        Some(step)
    }

    fn unlock(&mut self, inode: usize) -> &'static str {
        self.inodes[inode].lock = Lock::Free;
        "unlocks"
    }

    fn close(&mut self, name: usize) -> &'static str {
        self.tell(Event::Written(name));
        "closes"
    }

    pub(super) fn clean(&mut self, name: usize) -> bool {
        let done = |inode: usize| self.inodes[inode].processed > 0;
        let cleans = self.names[name].is_some_and(done);
        if cleans {
            self.remove(name);
        }
        cleans
    }

    /// By path: whatever is there.
    pub(super) fn remove(&mut self, name: usize) {
        self.names[name] = None;
        // A queue passes a removal over unless the name is done, which only kept ones are.
        if self.rules.keep {
            self.tell(Event::Vanished(name));
        }
    }

    fn tell(&mut self, event: Event) {
        for station in &mut self.stations {
            Rc::make_mut(station).sense(event, self.rules.capacity);
        }
    }

    pub(super) fn lock(&mut self, inode: usize, thread: usize) -> bool {
        let shared = self.is_weak(Weakness::SharedLock);
        let lock = &mut self.inodes[inode].lock;
        *lock = match *lock {
            Lock::Free if shared => Lock::Shared(1 << thread),
            Lock::Shared(threads) if shared => Lock::Shared(threads | 1 << thread),
            Lock::Free => Lock::Exclusive(thread),
            Lock::Writer | Lock::Exclusive(_) | Lock::Shared(_) => return false,
        };
        true
    }

    pub(super) fn release(&mut self, inode: usize, thread: usize) {
        let lock = &mut self.inodes[inode].lock;
        *lock = match *lock {
            Lock::Shared(threads) if threads != 1 << thread => {
                Lock::Shared(threads & !(1 << thread))
            }
            _ => Lock::Free,
        };
    }

    /// Two worlds with the same key behave alike; watchers that have changed places do, too.
    pub(super) fn key(&self) -> Vec<u8> {
        let mut key = Vec::with_capacity(96);
        key.extend([self.failures, self.deaths]);
        key.extend(self.names.map(|inode| inode.map_or(99, byte)));
        let mut stations: Vec<(Vec<u8>, usize)> =
            self.stations.iter().map(|station| station.key()).zip(0..).collect();
        stations.sort();
        let rank = |thread: usize| {
            let (station, thread) = (thread / self.rules.threads, thread % self.rules.threads);
            let rank = stations.iter().position(|(_, index)| *index == station);
            byte(rank.expect("one of the stations") * self.rules.threads + thread)
        };
        for inode in &self.inodes {
            let lock = match inode.lock {
                Lock::Free => 0,
                Lock::Writer => 1,
                Lock::Exclusive(thread) => 2 + rank(thread),
                Lock::Shared(threads) => {
                    let members = (0..8).filter(|thread| threads & 1 << thread != 0);
                    100 + members.map(|thread| 1 << rank(thread)).sum::<u8>()
                }
            };
            key.extend([lock, u8::from(inode.written), inode.processed]);
        }
        for writer in &self.writers {
            key.extend([200, byte(writer.segment), writer.step, byte(writer.inode)]);
        }
        for (station, _) in stations {
            key.extend(station);
        }
        key
    }
}
