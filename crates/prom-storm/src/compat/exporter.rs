//! `Exporter`: a few lines of HTTP that serve one text, so that a real server can scrape it.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crate::compat::failure::Verdict;

/// Serves the same text to whoever asks, until it is dropped.
#[derive(Debug)]
pub(crate) struct Exporter {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Exporter {
    pub(crate) fn serve(content_type: &str, text: &str) -> Verdict<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let response = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{text}",
            text.len()
        );
        let ended = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ended);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if told.load(Ordering::SeqCst) {
                    break;
                }
                // A scraper that goes away before it has its answer will ask again.
                let _ = answer(&stream, &response);
            }
        });
        Ok(Self { address, ended, thread: Some(thread) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Reads the head of a request, whatever it asks for, and answers.
fn answer(mut stream: &TcpStream, response: &str) -> std::io::Result<()> {
    for line in BufReader::new(stream).lines() {
        if line?.is_empty() {
            break;
        }
    }
    stream.write_all(response.as_bytes())
}

impl Drop for Exporter {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // The thread waits for a connection; this one tells it to look at the flag.
        if TcpStream::connect(self.address).is_ok() {
            let _ = self.thread.take().map(JoinHandle::join);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Exporter;
    use crate::compat::http;

    #[test]
    fn the_text_is_served_again_and_again() {
        let exporter = Exporter::serve("text/plain", "a 1\n").unwrap();
        let url = format!("http://{}/metrics", exporter.address());
        assert_eq!(http::get(&url, &[]).unwrap(), "a 1\n");
        assert_eq!(http::get(&url, &[]).unwrap(), "a 1\n");
        drop(exporter);
        assert!(http::get(&url, &[]).is_err());
    }
}
