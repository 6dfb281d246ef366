use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};

/// A body as far as a host read it.
#[derive(Debug)]
pub enum Collected {
    /// All of it.
    All(Bytes),
    /// It broke off.
    Broken,
    /// It is larger than it may be; the rest was not read.
    TooLarge,
}

/// Reads `stream` to its end, or until it is more than `limit` bytes.
pub async fn collect<E>(
    stream: &mut (impl Stream<Item = Result<Vec<u8>, E>> + Unpin),
    limit: usize,
) -> Collected {
    let mut body = BytesMut::new();
    while let Some(chunk) = stream.next().await {
        let Ok(chunk) = chunk else {
            return Collected::Broken;
        };
        if body.len() + chunk.len() > limit {
            return Collected::TooLarge;
        }
        body.extend_from_slice(&chunk);
    }
    Collected::All(body.freeze())
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, stream};

    use super::{Collected, collect};

    fn collected(chunks: &[Result<&'static str, ()>]) -> Collected {
        let chunks: Vec<_> = chunks
            .iter()
            .map(|chunk| chunk.map(|text| text.as_bytes().to_vec()))
            .collect();
        collect(&mut stream::iter(chunks), 4)
            .now_or_never()
            .unwrap()
    }

    #[test]
    fn a_body_is_read_up_to_its_limit() {
        assert!(matches!(collected(&[]), Collected::All(b) if b.is_empty()));
        assert!(matches!(collected(&[Ok("ab"), Ok("cd")]), Collected::All(b) if b == "abcd"));
        assert!(matches!(
            collected(&[Ok("abcd"), Ok("e")]),
            Collected::TooLarge
        ));
        assert!(matches!(collected(&[Ok("ab"), Err(())]), Collected::Broken));
    }
}
