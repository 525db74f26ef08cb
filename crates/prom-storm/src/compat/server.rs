//! `Server`: a foreign server process on a loopback port, ended when the guard is dropped.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::compat::failure::{Failure, Verdict};
use crate::compat::http;

/// How long a server may take for anything that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often another process is asked.
const INTERVAL: Duration = Duration::from_millis(20);

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Server {
    /// Starts `program` with the arguments that `args` makes for a free port, and waits until `ready`
    /// answers 200. The kernel ends the server should this process die before it does.
    pub(crate) fn start(
        program: &str,
        folder: &Path,
        ready: &str,
        args: impl Fn(u16) -> Vec<String>,
    ) -> Verdict<Self> {
        let port = free_port()?;
        let log = folder.join("server.log");
        let output = File::create(&log)?;
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", program])
            .args(args(port))
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .map_err(|why| Failure::from(why).of(format!("cannot start {program}")))?;
        let mut server = Self { child, port, log };
        let url = server.url(ready);
        poll(&format!("{program} to be ready"), || {
            if let Some(status) = server.child.try_wait()? {
                return Err(Failure::new(format!(
                    "{program} ended: {status}\n{}",
                    server.log_tail()
                )));
            }
            Ok(http::get(&url, &[]).ok())
        })?;
        Ok(server)
    }

    /// The address of a path on this server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The last lines that the server wrote.
    pub(crate) fn log_tail(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only for a child that has ended and been waited for already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks again and again until there is an answer; fails when patience runs out or the question fails.
pub(crate) fn poll<T>(what: &str, mut ask: impl FnMut() -> Verdict<Option<T>>) -> Verdict<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        if Instant::now() > deadline {
            return Err(Failure::new(format!("waited {} s for {what}", PATIENCE.as_secs())));
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "a foreign process announces nothing; it has to be asked"
        )]
        std::thread::sleep(INTERVAL);
    }
}

/// A port that nobody uses at this moment. The servers cannot be told to choose one and say which.
fn free_port() -> Verdict<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
