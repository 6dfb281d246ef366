use std::{mem, sync::Arc};

use bytes::Bytes;
use tokio::io::{AsyncWrite, empty};
use wasmtime_wasi::{
    async_trait,
    cli::{IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamResult},
};

use crate::options::Log;

/// A guest's stdout or stderr: its lines go to the log, each with the component's id before it.
pub(crate) struct GuestLog {
    component: Arc<str>,
    log: Log,
}

impl GuestLog {
    pub(crate) fn new(component: Arc<str>, log: Log) -> Self {
        Self { component, log }
    }
}

impl IsTerminal for GuestLog {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for GuestLog {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        // For WASI 0.3, which is not linked.
        Box::new(empty())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(Lines {
            component: Arc::clone(&self.component),
            log: Arc::clone(&self.log),
            line: Vec::new(),
        })
    }
}

struct Lines {
    component: Arc<str>,
    log: Log,
    line: Vec<u8>,
}

impl Lines {
    fn end_line(&mut self) {
        let line = mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&line);
        // What a guest prints may come from a client: no escape sequence reaches a terminal.
        let shown: String = text
            .chars()
            .map(|c| {
                if c.is_control() && c != '\t' {
                    '\u{fffd}'
                } else {
                    c
                }
            })
            .collect();
        (self.log)(&format!("[{}] {shown}", self.component));
    }
}

impl OutputStream for Lines {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        for &byte in &bytes {
            if byte == b'\n' {
                self.end_line();
            } else {
                self.line.push(byte);
                if self.line.len() == MAX_LINE {
                    self.end_line();
                }
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(MAX_LINE)
    }
}

#[async_trait]
impl Pollable for Lines {
    async fn ready(&mut self) {}
}

impl Drop for Lines {
    fn drop(&mut self) {
        if !self.line.is_empty() {
            self.end_line();
        }
    }
}

/// A longer line is broken, so that a guest cannot fill our memory with one.
const MAX_LINE: usize = 8 * 1024;

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use bytes::Bytes;
    use wasmtime_wasi::cli::StdoutStream;

    use super::{GuestLog, MAX_LINE};

    fn logged(writes: &[&[u8]]) -> Vec<String> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        let log = GuestLog::new(
            "login".into(),
            Arc::new(move |line| sink.lock().unwrap().push(line.to_owned())),
        );
        let mut stream = log.p2_stream();
        for bytes in writes {
            stream.write(Bytes::copy_from_slice(bytes)).unwrap();
        }
        drop(stream);
        lines.lock().unwrap().drain(..).collect()
    }

    #[test]
    fn every_line_says_which_component_it_is_of() {
        assert_eq!(
            logged(&[b"one\ntw", b"o\n\nlast"]),
            ["[login] one", "[login] two", "[login] ", "[login] last"]
        );
    }

    #[test]
    fn a_guest_cannot_write_to_the_terminal_itself() {
        assert_eq!(logged(&[b"a\x1b[2Jb\tc\n"]), ["[login] a\u{fffd}[2Jb\tc"]);
    }

    #[test]
    fn a_line_without_end_is_broken() {
        assert_eq!(logged(&[&vec![b'x'; MAX_LINE], b"y"]).len(), 2);
    }
}
