//! Words that others know to belong to a user: "context-specific words, such as the name of the
//! service, the username, and derivatives thereof" (NIST SP 800-63B-4 §3.1.1.2).

use iam_model::{Line, Tenant, UserDetails, Username};

use super::folded;

/// The fewest characters of a word that is looked for: shorter ones are in every other password.
const MIN_WORD: usize = 4;

/// Whose password is to be set.
#[derive(Clone, Copy, Debug)]
pub struct PasswordOwner<'a> {
    /// Their tenant, whose rules hold.
    pub tenant: &'a Tenant,
    /// Their login name.
    pub username: &'a Username,
    /// What else is known of them.
    pub details: &'a UserDetails,
}

impl PasswordOwner<'_> {
    /// What is left of `password`, which is folded, without the words that belong to its owner.
    pub(super) fn without_words(&self, password: &str) -> String {
        let mut words = self.words();
        // The longest first, so that none is left of which a shorter one is a part.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let mut rest = password.to_owned();
        for word in words {
            rest = rest.replace(&word, "");
        }
        rest
    }

    fn words(&self) -> Vec<String> {
        let profile = &self.details.profile;
        let mut texts = vec![
            self.tenant.name.as_str(),
            self.tenant.display_name.as_str(),
            self.username.as_str(),
        ];
        let names = [
            &profile.name,
            &profile.given_name,
            &profile.family_name,
            &profile.nickname,
        ];
        texts.extend(names.into_iter().flatten().map(Line::as_str));
        for email in &self.details.emails {
            let address = email.address.as_str();
            texts.push(address);
            texts.extend(address.rsplit_once('@').map(|(local, _)| local));
        }
        let words = texts.into_iter().map(folded);
        words
            .filter(|word| word.chars().count() >= MIN_WORD)
            .collect()
    }
}
