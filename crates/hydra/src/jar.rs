use http::HeaderValue;

/// The cookies of one flow (RFC 6265 §5.4, as far as one origin and one minute need it).
#[derive(Default)]
pub(crate) struct Jar(Vec<(String, String)>);

impl Jar {
    /// Takes what was set; a cookie set again has its new value.
    pub(crate) fn store(&mut self, set: &[HeaderValue]) {
        for value in set {
            let pair = value.to_str().unwrap_or_default();
            let pair = pair.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
            self.0.retain(|(known, _)| *known != name);
            self.0.push((name, value));
        }
    }

    /// The `Cookie` header, if there is a cookie.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let pairs: Vec<_> = self.0.iter().map(|(n, v)| format!("{n}={v}")).collect();
        // They came in headers, so they go into one.
        let header = HeaderValue::from_str(&pairs.join("; ")).ok();
        header.filter(|_| !pairs.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::Jar;

    #[test]
    fn a_cookie_set_again_has_its_new_value() {
        let mut jar = Jar::default();
        assert_eq!(jar.header(), None);
        let set = ["a=1; Path=/; HttpOnly", "b=x=y", "a=2; Secure", "junk"];
        jar.store(&set.map(HeaderValue::from_static));
        assert_eq!(jar.header().unwrap(), "b=x=y; a=2");
    }
}
