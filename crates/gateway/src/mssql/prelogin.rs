//! PRELOGIN, the first message of a connection ([MS-TDS] 2.2.6.5), and the head of packets
//! ([MS-TDS] 2.2.3.1).

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// How long the head of a packet is.
pub(super) const HEAD_BYTES: usize = 8;

/// The types of packets: a PRELOGIN, with which TLS is set up too, and an answer.
pub(super) const PRELOGIN: u8 = 0x12;
pub(super) const ANSWER: u8 = 0x04;

/// The status of a message's last packet.
const END_OF_MESSAGE: u8 = 0x01;

/// The option that is about encryption, and what it can be.
const ENCRYPTION: u8 = 0x01;
const ENCRYPT_ON: u8 = 0x01;
const ENCRYPT_NOT_SUPPORTED: u8 = 0x02;
const ENCRYPT_REQUIRED: u8 = 0x03;

/// More than any PRELOGIN has.
const MAX_BYTES: usize = 4096;

/// One packet, a message by itself.
pub(super) fn packet(kind: u8, data: &[u8]) -> io::Result<Vec<u8>> {
    let length = u16::try_from(HEAD_BYTES + data.len());
    let [high, low] = length
        .map_err(|_| broken("too long for a packet"))?
        .to_be_bytes();
    // After the length: the process, the number of the packet, and nothing.
    let mut packet = vec![kind, END_OF_MESSAGE, high, low, 0, 0, 1, 0];
    packet.extend_from_slice(data);
    Ok(packet)
}

/// How many bytes follow the head of a packet.
pub(super) fn length(head: [u8; HEAD_BYTES]) -> io::Result<usize> {
    let [_, _, high, low, ..] = head;
    let length = usize::from(u16::from_be_bytes([high, low]));
    length
        .checked_sub(HEAD_BYTES)
        .ok_or_else(|| broken("packet shorter than its head"))
}

/// Asks for encryption. Gives the answer, if the server agrees, in a form that says to whoever
/// speaks over the encrypted connection that there is nothing left to encrypt.
pub(super) async fn ask_for_tls(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
) -> io::Result<Vec<u8>> {
    // Two options with the place and the length of each, their end, and the values: version 0 of
    // a client that has none, and encryption.
    let options = [
        [0, 0, 11, 0, 6].as_slice(),
        &[ENCRYPTION, 0, 17, 0, 1, 0xff],
        &[0; 6],
        &[ENCRYPT_ON],
    ];
    let request = packet(PRELOGIN, &options.concat())?;
    stream.write_all(&request).await?;
    stream.flush().await?;
    let mut answer = read(stream).await?;
    let encryption =
        encryption(&mut answer).ok_or_else(|| broken("an answer that is no PRELOGIN"))?;
    if !matches!(*encryption, ENCRYPT_ON | ENCRYPT_REQUIRED) {
        return Err(broken("the database has no TLS"));
    }
    *encryption = ENCRYPT_NOT_SUPPORTED;
    packet(ANSWER, &answer)
}

/// The data of the message that is the answer.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut data = Vec::new();
    loop {
        let mut head = [0; HEAD_BYTES];
        stream.read_exact(&mut head).await?;
        let [_, status, ..] = head;
        let before = data.len();
        let after = before + length(head)?;
        if after > MAX_BYTES {
            return Err(broken("a PRELOGIN without end"));
        }
        data.resize(after, 0);
        stream
            .read_exact(data.get_mut(before..).unwrap_or_default())
            .await?;
        if status & END_OF_MESSAGE != 0 {
            return Ok(data);
        }
    }
}

/// Where the data of a PRELOGIN say whether there is encryption.
fn encryption(data: &mut [u8]) -> Option<&mut u8> {
    let options = data.chunks_exact(5).take_while(|option| option[0] != 0xff);
    let place = options.filter(|option| option[0] == ENCRYPTION);
    let place = place.map(|option| usize::from(u16::from_be_bytes([option[1], option[2]])));
    let place = place.last()?;
    data.get_mut(place)
}

/// What breaks the protocol.
pub(super) fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}
