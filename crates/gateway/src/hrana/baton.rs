use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};

/// Names a stream. It is random: who knows it may use the stream.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub(crate) struct StreamId([u8; Self::LENGTH]);

impl StreamId {
    const LENGTH: usize = 16;

    /// A new one; `None` if the kernel has no randomness.
    pub(crate) fn random() -> Option<Self> {
        let mut id = [0; Self::LENGTH];
        getrandom::fill(&mut id).ok()?;
        Some(Self(id))
    }
}

/// What a client shows to go on with a stream. Each is for one request, so that requests cannot
/// overtake each other.
pub(crate) struct Baton {
    pub(crate) id: StreamId,
    /// Which request of the stream it is for.
    pub(crate) number: u64,
}

impl Baton {
    pub(crate) fn encode(&self) -> String {
        let bytes = [self.id.0.as_slice(), &self.number.to_be_bytes()].concat();
        BASE64_STANDARD_NO_PAD.encode(bytes)
    }

    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = BASE64_STANDARD_NO_PAD.decode(text).ok()?;
        let (id, number) = bytes.split_at_checked(StreamId::LENGTH)?;
        Some(Self {
            id: StreamId(id.try_into().ok()?),
            number: u64::from_be_bytes(number.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Baton, StreamId};

    #[test]
    fn a_baton_comes_back_as_it_went() {
        let id = StreamId::random().unwrap();
        let text = Baton { id, number: 7 }.encode();
        let baton = Baton::decode(&text).unwrap();
        assert!(baton.id == id && baton.number == 7);
        for other in ["", "abc", "*", &text[1..], &format!("{text}AAAA")] {
            assert!(Baton::decode(other).is_none(), "{other}");
        }
    }
}
