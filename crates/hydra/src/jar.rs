use http::{HeaderMap, header};

/// The cookies of one flow (RFC 6265 §5.4, as far as one origin and one minute need it).
#[derive(Default)]
pub(crate) struct Jar(Vec<(String, String)>);

impl Jar {
    /// Takes what `headers` set; a cookie set again has its new value.
    pub(crate) fn store(&mut self, headers: &HeaderMap) {
        for value in headers.get_all(header::SET_COOKIE) {
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

    /// The `Cookie` header.
    pub(crate) fn header(&self) -> String {
        let pairs: Vec<_> = self.0.iter().map(|(n, v)| format!("{n}={v}")).collect();
        pairs.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::Jar;

    #[test]
    fn a_cookie_set_again_has_its_new_value() {
        let mut jar = Jar::default();
        let mut headers = HeaderMap::new();
        for cookie in ["a=1; Path=/; HttpOnly", "b=x=y", "a=2; Secure", "junk"] {
            headers.append(header::SET_COOKIE, HeaderValue::from_static(cookie));
        }
        jar.store(&headers);
        assert_eq!(jar.header(), "b=x=y; a=2");
    }
}
