//! Which way a request leaves a Worker.
//!
//! Hydra's admin API lets everybody in who reaches it, so it is reached over the service binding
//! `HYDRA_ADMIN` and never over the internet; `hydra_admin_url` then only names it. Without the
//! binding a loopback address is allowed, which is `wrangler dev`: at Cloudflare there is none.
//! `hydra_public_url` goes over the binding `HYDRA_PUBLIC` if there is one.

use http::{Uri, uri::Authority};
use iam_platform::FetchError;

/// Where a request goes out.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Destination {
    /// The service binding of this name.
    Binding(&'static str),
    /// Wherever its URL says.
    Url,
}

/// Which way a request to `uri` leaves, given the variables and which bindings there are.
pub(crate) fn destination(
    uri: &Uri,
    variable: impl Fn(&str) -> Option<String>,
    is_bound: impl Fn(&str) -> bool,
) -> Result<Destination, FetchError> {
    let leads_to = |name| variable(name).is_some_and(|url| is_same_origin(uri, &url));
    if leads_to("hydra_admin_url") {
        if is_bound("HYDRA_ADMIN") {
            return Ok(Destination::Binding("HYDRA_ADMIN"));
        }
        if !uri.authority().is_some_and(is_loopback) {
            return Err(FetchError::Denied {
                destination: format!("{}, for there is no binding HYDRA_ADMIN,", origin(uri)),
            });
        }
    } else if leads_to("hydra_public_url") && is_bound("HYDRA_PUBLIC") {
        return Ok(Destination::Binding("HYDRA_PUBLIC"));
    }
    Ok(Destination::Url)
}

/// Scheme and authority of `uri`.
pub(crate) fn origin(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or_default();
    format!(
        "{scheme}://{}",
        uri.authority().map_or("", Authority::as_str)
    )
}

/// Whether `uri` was made from the base `url`, or from one of the same server.
fn is_same_origin(uri: &Uri, url: &str) -> bool {
    let Ok(url) = url.parse::<Uri>() else {
        return false;
    };
    let key = |uri: &Uri| {
        let port = match uri.scheme_str() {
            Some("https") => 443,
            _ => 80,
        };
        Some((
            uri.scheme()?.clone(),
            uri.host()?.to_ascii_lowercase(),
            uri.port_u16().unwrap_or(port),
        ))
    };
    key(uri).is_some_and(|uri| Some(uri) == key(&url))
}

fn is_loopback(authority: &Authority) -> bool {
    let host = authority.host();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse();
    host.eq_ignore_ascii_case("localhost")
        || address.is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use iam_platform::FetchError;

    use super::{Destination, destination};

    fn of(uri: &str, admin_url: &str, bound: &[&str]) -> Result<Destination, FetchError> {
        let variable = |name: &str| match name {
            "hydra_admin_url" => Some(admin_url.to_owned()),
            "hydra_public_url" => Some("https://hydra.example".to_owned()),
            _ => None,
        };
        destination(&uri.parse().unwrap(), variable, |name| {
            bound.contains(&name)
        })
    }

    #[test]
    fn the_admin_api_is_reached_over_its_binding() {
        for uri in [
            "https://admin.example/admin/clients",
            "https://ADMIN.example:443/admin/clients?a=b",
        ] {
            let way = of(uri, "https://admin.example/", &["HYDRA_ADMIN"]);
            assert_eq!(way, Ok(Destination::Binding("HYDRA_ADMIN")), "{uri}");
        }
    }

    #[test]
    fn the_admin_api_is_never_reached_over_the_internet() {
        for admin_url in ["https://admin.example", "http://10.0.0.1:4445"] {
            let uri = format!("{admin_url}/admin/clients");
            assert!(
                matches!(
                    of(&uri, admin_url, &["HYDRA_PUBLIC"]),
                    Err(FetchError::Denied { .. })
                ),
                "{admin_url}"
            );
        }
    }

    #[test]
    fn the_admin_api_is_reached_directly_on_loopback() {
        for admin_url in [
            "http://127.0.0.1:4445",
            "http://localhost:4445",
            "http://[::1]:4445",
        ] {
            let uri = format!("{admin_url}/admin/clients");
            assert_eq!(
                of(&uri, admin_url, &[]),
                Ok(Destination::Url),
                "{admin_url}"
            );
        }
    }

    #[test]
    fn the_public_api_goes_over_its_binding_if_there_is_one() {
        let of = |bound: &[&str]| {
            of(
                "https://hydra.example/oauth2/auth",
                "https://a.example",
                bound,
            )
        };
        assert_eq!(of(&[]), Ok(Destination::Url));
        assert_eq!(of(&["HYDRA_ADMIN"]), Ok(Destination::Url));
        assert_eq!(
            of(&["HYDRA_PUBLIC"]),
            Ok(Destination::Binding("HYDRA_PUBLIC"))
        );
    }

    #[test]
    fn another_port_is_another_server() {
        let way = of(
            "http://admin.example:8081/v3/pipeline",
            "http://admin.example:4445",
            &[],
        );
        assert_eq!(way, Ok(Destination::Url));
    }
}
