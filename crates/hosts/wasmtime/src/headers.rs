//! The headers that Spin tells a component about its request with.

use std::net::SocketAddr;

use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};

use crate::routes::RouteMatch;

/// Removes the `spin-*` headers that the client sent, and sets ours.
pub(crate) fn prepare(parts: &mut Parts, route: &RouteMatch, client: SocketAddr) {
    strip(&mut parts.headers);
    let host = parts
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let full_url = format!("http://{}{path}", host.unwrap_or("localhost"));
    let mut set = |name: HeaderName, value: &str| {
        // What is not a header's value cannot come from a path or host that hyper has parsed.
        if let Ok(value) = HeaderValue::from_str(value) {
            parts.headers.insert(name, value);
        }
    };
    set(FULL_URL, &full_url);
    set(PATH_INFO, &route.path_info);
    set(MATCHED_ROUTE, &route.route);
    set(BASE_PATH, "/");
    set(RAW_COMPONENT_ROUTE, &route.route);
    set(COMPONENT_ROUTE, route.prefix());
    set(CLIENT_ADDR, &client.to_string());
    for (name, value) in &route.segments {
        if let Ok(name) = HeaderName::try_from(format!("spin-path-match-{name}")) {
            set(name, value);
        }
    }
}

/// Removes every `spin-*` header: a client must not be able to say who it is.
fn strip(headers: &mut HeaderMap) {
    let theirs = headers
        .keys()
        .filter(|name| name.as_str().starts_with("spin-"));
    for name in theirs.cloned().collect::<Vec<_>>() {
        headers.remove(name);
    }
}

const BASE_PATH: HeaderName = HeaderName::from_static("spin-base-path");
const CLIENT_ADDR: HeaderName = HeaderName::from_static("spin-client-addr");
const COMPONENT_ROUTE: HeaderName = HeaderName::from_static("spin-component-route");
const FULL_URL: HeaderName = HeaderName::from_static("spin-full-url");
const MATCHED_ROUTE: HeaderName = HeaderName::from_static("spin-matched-route");
const PATH_INFO: HeaderName = HeaderName::from_static("spin-path-info");
const RAW_COMPONENT_ROUTE: HeaderName = HeaderName::from_static("spin-raw-component-route");

#[cfg(test)]
mod tests {
    use http::Request;

    use super::prepare;
    use crate::routes::RouteMatch;

    #[test]
    fn a_client_cannot_say_who_it_is() {
        let request = Request::get("/a/u/b?c=d")
            .header("host", "id.example")
            .header("spin-client-addr", "6.6.6.6:1")
            .header("spin-path-match-admin", "yes")
            .header("spinning", "kept");
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let route = RouteMatch {
            component: "x".to_owned(),
            route: "/a/:user/...".to_owned(),
            path_info: "/b".to_owned(),
            segments: vec![("user".to_owned(), "u".to_owned())],
        };
        prepare(&mut parts, &route, ([127, 0, 0, 1], 7).into());
        for (name, value) in [
            ("spin-base-path", Some("/")),
            ("spin-client-addr", Some("127.0.0.1:7")),
            ("spin-component-route", Some("/a/:user")),
            ("spin-full-url", Some("http://id.example/a/u/b?c=d")),
            ("spin-matched-route", Some("/a/:user/...")),
            ("spin-path-info", Some("/b")),
            ("spin-path-match-admin", None),
            ("spin-path-match-user", Some("u")),
            ("spin-raw-component-route", Some("/a/:user/...")),
            ("spinning", Some("kept")),
        ] {
            let header = parts.headers.get(name).map(|value| value.to_str().unwrap());
            assert_eq!(header, value, "{name}");
        }
    }
}
