//! Packets and messages ([MS-TDS] 2.2.3).

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

pub(crate) const BATCH: u8 = 0x01;
pub(crate) const RPC: u8 = 0x03;
pub(crate) const ANSWER: u8 = 0x04;
pub(crate) const LOGIN: u8 = 0x10;
pub(crate) const PRELOGIN: u8 = 0x12;

/// As large as a packet is that nobody has agreed on another size of.
const MAX_DATA: usize = 4096 - 8;

/// The next message: what it is, and its data.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<(u8, Vec<u8>)> {
    let mut message = Vec::new();
    loop {
        let mut head = [0; 8];
        stream.read_exact(&mut head).await?;
        let mut data = vec![0; usize::from(u16::from_be_bytes([head[2], head[3]])) - 8];
        stream.read_exact(&mut data).await?;
        message.append(&mut data);
        if head[1] & 1 == 1 {
            return Ok((head[0], message));
        }
    }
}

/// Sends a message.
pub(crate) async fn write(
    stream: &mut (impl AsyncWrite + Unpin),
    kind: u8,
    data: &[u8],
) -> io::Result<()> {
    let mut parts = data.chunks(MAX_DATA).peekable();
    let mut bytes = Vec::new();
    let mut number = 1_u8;
    while let Some(part) = parts.next() {
        let length = u16::try_from(part.len() + 8).unwrap().to_be_bytes();
        let last = u8::from(parts.peek().is_none());
        bytes.extend([kind, last, length[0], length[1], 0, 0, number, 0]);
        bytes.extend(part);
        number = number.wrapping_add(1);
    }
    stream.write_all(&bytes).await?;
    stream.flush().await
}
