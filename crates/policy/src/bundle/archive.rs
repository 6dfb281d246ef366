use std::io::Write;

use flate2::{Compression, GzBuilder};

const BLOCK: usize = 512;

/// A gzipped tar archive of `files`, given as path and content. The same files give the same
/// bytes: no time, no owner.
pub(super) fn tar_gz(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (path, content) in files {
        tar.extend(header(path, content.len()));
        tar.extend_from_slice(content);
        tar.resize(tar.len().next_multiple_of(BLOCK), 0);
    }
    // Two empty blocks end the archive.
    tar.resize(tar.len() + 2 * BLOCK, 0);
    gzip(&tar)
}

/// The header of a regular file (POSIX.1-1988, ustar interchange format).
fn header(path: &str, size: usize) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &str| {
        let field = header.iter_mut().skip(at);
        field.zip(text.bytes()).for_each(|(to, byte)| *to = byte);
    };
    put(0, path);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{size:011o}\0"));
    put(136, "00000000000\0");
    // The checksum is taken with spaces in its own place.
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    let checksum = format!("{sum:06o}\0 ");
    header[148..156].copy_from_slice(checksum.as_bytes());
    header
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    /// RFC 1952 §2.3.1: unknown.
    const OPERATING_SYSTEM: u8 = 255;
    let mut gzip = GzBuilder::new()
        .operating_system(OPERATING_SYSTEM)
        .write(Vec::new(), Compression::best());
    // Writing into memory does not fail.
    let _ = gzip.write_all(bytes);
    gzip.finish().unwrap_or_default()
}
