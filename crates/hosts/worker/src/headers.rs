use http::{HeaderMap, HeaderName, HeaderValue};
use worker::Headers;

/// The headers of a request or response from outside. One that is none to the `http` crate is
/// left out. `Set-Cookie` keeps its lines apart, for iteration does not join them.
pub(crate) fn from_js(headers: &Headers) -> HeaderMap {
    let pairs = headers.entries().filter_map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        let value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
        Some((name, value))
    });
    pairs.collect()
}

/// The headers of a request or response from us.
pub(crate) fn to_js(headers: &HeaderMap) -> worker::Result<Headers> {
    let js = Headers::new();
    for (name, value) in headers {
        let value =
            std::str::from_utf8(value.as_bytes()).map_err(|_| worker::Error::BadEncoding)?;
        js.append(name.as_str(), value)?;
    }
    Ok(js)
}
