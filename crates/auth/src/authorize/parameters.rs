use std::collections::BTreeMap;

use iam_hydra::NO_PAGES;
use iam_model::ClientId;
use url::{Url, form_urlencoded};

/// The parameters of an authorization request. One without a value is as good as omitted (RFC 6749
/// §3.1).
#[derive(Clone, Debug, Default)]
pub struct Parameters(BTreeMap<String, Vec<String>>);

/// A parameter is given more than once (RFC 6749 §3.1).
#[derive(Debug)]
pub(crate) struct Repeated;

/// What Hydra is to know of a request, and what it puts there itself. Anything else is ignored
/// (RFC 6749 §3.1).
pub(crate) const KNOWN: &[&str] = &[
    "acr_values",
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "consent_verifier",
    "display",
    "id_token_hint",
    "login_hint",
    "login_verifier",
    "max_age",
    "nonce",
    NO_PAGES,
    "prompt",
    "redirect_uri",
    "response_type",
    "scope",
    "ui_locales",
];

/// Hydra wants eight characters of `state`, which RFC 6749 §4.1.1 leaves to the client: PKCE
/// protects against what `state` is for (RFC 9700 §2.1.1). So Hydra is told this, with the client's
/// own state behind it.
const STATE: &str = "state-is";

impl Parameters {
    /// Reads a query or a form.
    #[must_use]
    pub fn parse(encoded: &[u8]) -> Self {
        let mut parameters = Self::default();
        for (name, value) in form_urlencoded::parse(encoded) {
            if !value.is_empty() {
                let values = parameters.0.entry(name.into_owned()).or_default();
                values.push(value.into_owned());
            }
        }
        parameters
    }

    /// These, asked for by a client that has proved who it is. It speaks for nobody else, and has
    /// nothing of Hydra's.
    pub(crate) fn of_client(&self, id: &ClientId) -> Self {
        let mut parameters = self.clone();
        for name in ["consent_verifier", "login_verifier"] {
            parameters.0.remove(name);
        }
        parameters
            .0
            .insert("client_id".to_owned(), vec![id.to_string()]);
        parameters
    }

    /// Whether a parameter is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The value of a parameter that must not be repeated.
    pub(crate) fn once(&self, name: &str) -> Result<Option<&str>, Repeated> {
        match self.all(name) {
            [] => Ok(None),
            [value] => Ok(Some(value)),
            _ => Err(Repeated),
        }
    }

    /// The first value of a parameter, if it has one.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }

    /// The words of a parameter.
    pub(crate) fn words(&self, name: &str) -> impl Iterator<Item = &str> {
        self.text(name).unwrap_or_default().split_ascii_whitespace()
    }

    /// The values of a parameter that may be repeated.
    pub(crate) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether one is repeated that must not be. Several resources may be asked for (RFC 8707 §2).
    pub(crate) fn are_ambiguous(&self) -> bool {
        let mut others = self.0.iter().filter(|(name, _)| *name != "resource");
        others.any(|(_, values)| values.len() > 1)
    }

    /// Whether Hydra has sent the browser here, after a login or a consent.
    pub(crate) fn are_hydras(&self) -> bool {
        self.has("login_verifier") || self.has("consent_verifier")
    }

    /// The client's own `state`.
    pub(crate) fn state(&self) -> Option<&str> {
        let state = self.once("state").unwrap_or_default()?;
        if self.are_hydras() {
            return state.strip_prefix(STATE).filter(|state| !state.is_empty());
        }
        Some(state)
    }

    /// The resources that are asked for.
    pub(crate) fn resources(&self) -> Vec<&str> {
        if self.are_hydras() {
            return self.words("audience").collect();
        }
        self.all("resource").iter().map(String::as_str).collect()
    }

    /// The query for Hydra, which knows resources as `audience`.
    pub(crate) fn for_hydra(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.known() {
            match (name, value) {
                ("prompt", "none") => query.append_pair(NO_PAGES, "true"),
                (NO_PAGES, _) if !self.are_hydras() => continue,
                _ => query.append_pair(name, value),
            };
        }
        let state = self.state().unwrap_or_default();
        query.append_pair("state", &format!("{STATE}{state}"));
        let resources = self.resources();
        if !resources.is_empty() {
            query.append_pair("audience", &resources.join(" "));
        }
        query.finish()
    }

    /// The parameters as a form, as a client sends them.
    pub(crate) fn encode(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.known() {
            form.append_pair(name, value);
        }
        form.extend_pairs(self.state().map(|state| ("state", state)));
        form.extend_pairs(self.resources().into_iter().map(|r| ("resource", r)));
        form.finish()
    }

    fn known(&self) -> impl Iterator<Item = (&str, &str)> {
        KNOWN
            .iter()
            .filter_map(|name| Some((*name, self.text(name)?)))
    }
}

/// The request that Hydra had this URL from, for a login that is not remembered. A hint, which is
/// Hydra's there, names a user who has just been found not to be logged in well enough.
pub(crate) fn asked_afresh(request_url: &Url) -> Parameters {
    let Parameters(mut translated) =
        Parameters::parse(request_url.query().unwrap_or_default().as_bytes());
    let audience = translated.remove("audience").unwrap_or_default().join(" ");
    let resources: Vec<_> = audience.split_whitespace().map(str::to_owned).collect();
    if !resources.is_empty() {
        translated.insert("resource".to_owned(), resources);
    }
    let state = translated.remove("state").into_iter().flatten().next();
    let state = state.as_deref().and_then(|state| state.strip_prefix(STATE));
    if let Some(state) = state.filter(|state| !state.is_empty()) {
        translated.insert("state".to_owned(), vec![state.to_owned()]);
    }
    translated.remove("id_token_hint");
    translated.insert("prompt".to_owned(), vec!["login".to_owned()]);
    Parameters(translated)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{Parameters, asked_afresh};

    fn parse(query: &str) -> Parameters {
        Parameters::parse(query.as_bytes())
    }

    #[test]
    fn only_resources_may_be_repeated() {
        assert!(!parse("a=1&resource=x&resource=y&b=").are_ambiguous());
        assert!(!parse("a=1&a=").are_ambiguous());
        assert!(parse("a=1&a=1").are_ambiguous());
    }

    #[test]
    fn hydra_is_told_what_it_knows_and_a_state_it_takes() {
        let asked = parse("client_id=web&state=s&resource=x&resource=y&audience=evil&more=1");
        assert_eq!(
            asked.for_hydra(),
            "client_id=web&state=state-iss&audience=x+y"
        );
        assert_eq!(
            parse("client_id=web").for_hydra(),
            "client_id=web&state=state-is"
        );
    }

    #[test]
    fn that_no_page_may_be_shown_is_for_us_to_see_to() {
        let hydras = parse("client_id=web&prompt=none&no_pages=x").for_hydra();
        assert_eq!(hydras, "client_id=web&no_pages=true&state=state-is");
    }

    #[test]
    fn what_hydra_sends_back_means_the_same_again() {
        for asked in [
            "client_id=web&state=s&resource=x&resource=y",
            "client_id=web",
        ] {
            let once = parse(asked).for_hydra();
            let back = parse(&format!("{once}&login_verifier=v"));
            assert_eq!(
                back.for_hydra(),
                once.replace("&state", "&login_verifier=v&state")
            );
            assert_eq!(back.state(), parse(asked).state());
            let url = Url::parse(&format!("https://id.example/oauth2/auth?{once}")).unwrap();
            let afresh = asked_afresh(&url).encode();
            assert_eq!(afresh, asked.replacen("=web", "=web&prompt=login", 1));
        }
    }
}
