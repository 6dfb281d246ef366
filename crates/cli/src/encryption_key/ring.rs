use std::{fmt, str::FromStr};

use anyhow::{Result, ensure};
use iam_model::Secret;
use iam_security::Keyring;

/// Keys in the text form of `encryption_keys`: the first encrypts.
pub(super) struct Ring(Vec<Secret<String>>);

impl FromStr for Ring {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let is_ring = text.parse::<Keyring>().is_ok();
        ensure!(is_ring, "`encryption_keys` is no keyring");
        let keys = text.split(',').map(|key| key.trim().to_owned());
        Ok(Self(keys.map(Secret::new).collect()))
    }
}

impl Ring {
    /// Adds `key`, which encrypts from then on, and gives its id.
    pub(super) fn add(&mut self, key: &str) -> String {
        let taken = |id: &String| self.ids().any(|other| other == id);
        let mut ids = (1..).map(|number| format!("k{number}"));
        // Among more numbers than keys one is free.
        let id = ids.find(|id| !taken(id)).unwrap_or_default();
        self.0.insert(0, Secret::new(format!("{id}:{key}")));
        id
    }

    /// Removes all but the first, and says how many those were.
    pub(super) fn retire(&mut self) -> usize {
        self.0.drain(1..).count()
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        let keys = self.0.iter().map(Secret::expose);
        keys.filter_map(|key| Some(key.split_once(':')?.0))
    }
}

impl fmt::Display for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, key) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(f, "{comma}{}", key.expose())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use iam_security::Keyring;

    use super::Ring;

    fn key(letter: &str) -> String {
        letter.repeat(42) + "A"
    }

    #[test]
    fn a_new_key_comes_first_under_an_id_that_is_free() {
        let (a, b) = (key("a"), key("b"));
        let mut ring: Ring = format!("k2:{a}, old:{a}").parse().unwrap();
        assert_eq!(ring.add(&b), "k1");
        assert_eq!(ring.add(&b), "k3");
        assert_eq!(ring.to_string(), format!("k3:{b},k1:{b},k2:{a},old:{a}"));
        let keyring: Keyring = ring.to_string().parse().unwrap();
        assert_eq!(keyring.current_prefix(), "v1.k3.");
    }

    #[test]
    fn only_the_first_key_is_left() {
        let mut ring: Ring = format!("k2:{},k1:{}", key("a"), key("b")).parse().unwrap();
        assert_eq!(ring.retire(), 1);
        assert_eq!(ring.retire(), 0);
        assert_eq!(ring.to_string(), format!("k2:{}", key("a")));
    }

    #[test]
    fn what_is_no_keyring_is_refused_and_not_repeated() {
        for text in ["", "k1", "k1:short", "hunter2"] {
            let refused = text.parse::<Ring>().err().unwrap();
            assert!(!refused.to_string().contains("hunter2"), "{refused}");
        }
    }
}
