//! Where a request came from.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName, header};
use iam_config::{ProxyHeader, TrustedProxies};
use iam_model::Origin;

/// The origin of a request with `headers`.
pub(crate) fn origin(headers: &HeaderMap, proxies: TrustedProxies) -> Origin {
    let agent = headers.get(header::USER_AGENT);
    let agent = agent.and_then(|value| value.to_str().ok());
    Origin {
        ip: address(headers, proxies),
        user_agent: agent.map(|agent| agent.chars().take(256).collect()),
        ..Origin::default()
    }
}

/// The address of the client: that of who is connected to us, unless that is a proxy of ours.
/// Each proxy adds who is connected to it at the end of the list, so what stands further left than
/// there are proxies is whatever the sender wrote.
fn address(headers: &HeaderMap, proxies: TrustedProxies) -> Option<IpAddr> {
    let forwarded = match proxies.header {
        ProxyHeader::Forwarded => list(headers, &header::FORWARDED),
        ProxyHeader::XForwardedFor => list(headers, &X_FORWARDED_FOR),
    };
    // With fewer entries than proxies, all of them are of proxies.
    let told = proxies.hops.min(forwarded.len());
    let entry = forwarded[forwarded.len() - told..].first();
    let told = entry.and_then(|entry| match proxies.header {
        ProxyHeader::Forwarded => parameter(entry).and_then(parse),
        ProxyHeader::XForwardedFor => parse(entry),
    });
    told.or_else(|| peer(headers))
}

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Who is connected to us, as the host says: what a client sends of this itself does not get past
/// the host.
fn peer(headers: &HeaderMap) -> Option<IpAddr> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let spin = text("spin-client-addr").and_then(|value| value.parse::<SocketAddr>().ok());
    let cloudflare = || text("cf-connecting-ip").and_then(|value| value.parse().ok());
    spin.map(|address| address.ip()).or_else(cloudflare)
}

/// The entries of a header, of all its lines. A comma always ends one, even in quotes, so that a
/// quote which the sender has left open cannot swallow what a proxy adds.
fn list<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Vec<&'a str> {
    let lines = headers.get_all(name).into_iter();
    let lines = lines.map(|line| line.to_str().unwrap_or_default());
    lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .collect()
}

/// `for=` of an element (RFC 7239 §4).
fn parameter(element: &str) -> Option<&str> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, node) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    Some(node.trim().trim_matches('"'))
}

/// An address, with or without a port: `192.0.2.7`, `[2001:db8::7]:4711`.
fn parse(node: &str) -> Option<IpAddr> {
    let bare = node
        .strip_prefix('[')
        .and_then(|node| node.strip_suffix(']'));
    let bare = bare.unwrap_or(node).parse().ok();
    bare.or_else(|| node.parse().ok().map(|node: SocketAddr| node.ip()))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};
    use iam_config::{ProxyHeader, TrustedProxies};

    use super::origin;

    #[track_caller]
    fn check(hops: usize, lines: &[(&'static str, &'static str)], expected: &str) {
        let header = match lines.first() {
            Some(("forwarded", _)) => ProxyHeader::Forwarded,
            _ => ProxyHeader::XForwardedFor,
        };
        let peer = [("spin-client-addr", "10.0.0.1:4711")];
        let lines = lines.iter().chain(&peer).map(|&(name, value)| {
            let name = HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name, value);
        }
        let ip = origin(&headers, TrustedProxies { hops, header }).ip;
        assert_eq!(ip.unwrap().to_string(), expected);
    }

    const XFF: &str = "x-forwarded-for";

    #[test]
    fn without_trusted_proxies_nobody_says_who_they_are() {
        check(0, &[], "10.0.0.1");
        check(0, &[(XFF, "6.6.6.6")], "10.0.0.1");
        check(0, &[("forwarded", "for=6.6.6.6")], "10.0.0.1");
    }

    #[test]
    fn what_a_client_adds_to_the_list_is_not_looked_at() {
        check(1, &[(XFF, "192.0.2.7")], "192.0.2.7");
        check(1, &[(XFF, "6.6.6.6, 192.0.2.7")], "192.0.2.7");
        check(1, &[(XFF, "6.6.6.6"), (XFF, "192.0.2.7")], "192.0.2.7");
        check(2, &[(XFF, "6.6.6.6, 192.0.2.7, 10.0.0.2")], "192.0.2.7");
    }

    #[test]
    fn who_does_not_come_through_all_proxies_is_who_the_first_of_them_saw() {
        check(3, &[(XFF, "192.0.2.7, 10.0.0.2")], "192.0.2.7");
        check(3, &[], "10.0.0.1");
    }

    #[test]
    fn an_entry_that_is_no_address_is_the_proxys_own() {
        for strange in ["unknown", "", "192.0.2.7,", "192.0.2"] {
            check(1, &[(XFF, strange)], "10.0.0.1");
        }
    }

    #[test]
    fn addresses_may_have_ports() {
        check(1, &[(XFF, "192.0.2.7:4711")], "192.0.2.7");
        check(1, &[(XFF, "2001:db8::7")], "2001:db8::7");
        check(1, &[(XFF, "[2001:db8::7]:4711")], "2001:db8::7");
        check(1, &[(XFF, "[2001:db8::7]")], "2001:db8::7");
    }

    #[test]
    fn forwarded_is_read_as_its_rfc_says() {
        let check = |value, expected| check(1, &[("forwarded", value)], expected);
        check("for=192.0.2.7", "192.0.2.7");
        check("For=\"[2001:db8::7]:4711\";proto=https", "2001:db8::7");
        check("for=6.6.6.6, by=10.0.0.2; for=192.0.2.7", "192.0.2.7");
        check("for=\"6.6.6.6, for=192.0.2.7", "192.0.2.7");
        check("for=_hidden", "10.0.0.1");
        check("by=10.0.0.2", "10.0.0.1");
    }

    #[test]
    fn a_header_that_all_proxies_do_not_add_to_is_the_senders() {
        let forged = [(XFF, "192.0.2.7"), ("forwarded", "for=6.6.6.6")];
        check(1, &forged, "192.0.2.7");
    }
}
