//! The steps of a world: which there are, and those of watching and scanning.

use super::rules::Weakness;
use super::station::{Rest, Scan, Step, candidate, identity};
use super::thread::Accident;
use super::world::World;

/// Who took a step, and which.
pub(super) type Taken = (&'static str, &'static str);

impl World {
    /// Every world that is one step away, with the step.
    pub(super) fn successors(&self) -> Vec<(Taken, Self)> {
        let mut next = Vec::new();
        for writer in 0..self.writers.len() {
            let mut world = self.clone();
            if let Some(step) = world.write(writer) {
                next.push((("writer", step), world));
            }
        }
        for name in 0..self.names.len() {
            if self.rules.keep {
                let mut world = self.clone();
                if world.clean(name) {
                    next.push((("somebody", "removes"), world));
                }
            }
        }
        self.station_steps(&mut next);
        next
    }

    fn station_steps(&self, next: &mut Vec<(Taken, Self)>) {
        for (index, station) in self.stations.iter().enumerate() {
            if station.is_dead() {
                continue;
            }
            let who = ["first watcher", "second watcher", "third watcher"][index];
            let mut take = |step: &dyn Fn(&mut Self) -> Option<&'static str>| {
                let mut world = self.clone();
                if let Some(what) = step(&mut world) {
                    next.push(((who, what), world));
                }
            };
            take(&|world| world.station(index).hear().then_some("hears"));
            take(&|world| world.turn(index));
            for thread in 0..station.threads.len() {
                take(&|world| world.advance(index, thread, None));
                if matches!(station.threads[thread], Step::Claimed(..)) {
                    for accident in [Accident::Failure, Accident::Death] {
                        take(&|world| world.advance(index, thread, Some(accident)));
                    }
                }
            }
        }
    }

    /// Watching and scanning.
    fn turn(&mut self, index: usize) -> Option<&'static str> {
        let scan_first = self.is_weak(Weakness::ScanBeforeWatch);
        let rescans = !self.is_weak(Weakness::NoScanAfterOverflow);
        let finds = self.rules.rescan && self.would_find(index);
        let (events, rests) = (self.rules.events, self.rules.rests);
        let station = self.station(index);
        if station.scan.is_some() {
            station.offer_one(rests);
            return Some("goes on scanning");
        }
        if station.rest != Rest::Listens {
            return self.wake_up(index);
        }
        match station.started {
            0 | 1 if (station.started == 1) == scan_first => {
                station.started += 1;
                station.watching = events;
                Some("watches")
            }
            0 | 1 => {
                station.started += 1;
                self.read_directory(index, true);
                Some("scans")
            }
            _ if station.overflowed && rescans => {
                station.overflowed = false;
                self.read_directory(index, true);
                Some("scans after an overflow")
            }
            _ if finds => {
                self.read_directory(index, false);
                Some("scans because it is time")
            }
            _ => None,
        }
    }

    /// Watches again when the backlog is taken, and then scans.
    fn wake_up(&mut self, index: usize) -> Option<&'static str> {
        let scans = !self.is_weak(Weakness::NoScanAfterRest);
        let station = self.station(index);
        match station.rest {
            Rest::Rests if station.queue.ready() == 0 => {
                (station.rest, station.watching) = (Rest::Awake, true);
                Some("watches again")
            }
            Rest::Awake => {
                station.rest = Rest::Listens;
                if scans {
                    self.read_directory(index, true);
                }
                Some("scans after its rest")
            }
            Rest::Rests | Rest::Listens => None,
        }
    }

    /// A scan that changes nothing is not a step.
    fn would_find(&self, index: usize) -> bool {
        let queue = &self.stations[index].queue;
        self.names.iter().enumerate().any(|(name, inode)| {
            let candidate = candidate(name);
            match queue.done.get(&candidate) {
                Some(done) => {
                    let unchanged = inode.is_some_and(|inode| identity(inode) == done.identity);
                    !unchanged && !queue.asked.contains(&candidate)
                }
                None => {
                    let known = queue.ready.contains_key(&candidate)
                        || queue.flying.iter().any(|(flying, _)| *flying == candidate)
                        || queue.parked.contains_key(&candidate);
                    inode.is_some() && !known
                }
            }
        })
    }

    fn read_directory(&mut self, index: usize, verify: bool) {
        let named = self.names.iter().enumerate();
        let entries = named.filter_map(|(name, inode)| Some((name, (*inode)?))).collect();
        let station = self.station(index);
        station.queue.begin_scan();
        station.scan = Some(Scan { entries, verify });
    }
}
