use routefinder::RouteSpec;
use thiserror::Error;

use crate::manifest::{Route, Trigger};

/// Which component answers which path, by the rules of Spin, which uses the same matcher:
/// an exact segment goes before `/:segment`, and that before a trailing `/...`.
pub(crate) struct Routes(routefinder::Router<Entry>);

struct Entry {
    component: String,
    route: String,
}

/// A route cannot be used.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum RouteError {
    #[error("route `{0}` is there twice: remove one of them")]
    Duplicate(String),
    #[error("route `{0}` cannot be read: `*` is not known, `...` must be the last segment")]
    Malformed(String),
}

/// A request's route.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct RouteMatch {
    /// The id of the component.
    pub(crate) component: String,
    /// The route as the manifest has it.
    pub(crate) route: String,
    /// The part of the path that the trailing wildcard stands for.
    pub(crate) path_info: String,
    /// The `/:name` segments with their values.
    pub(crate) segments: Vec<(String, String)>,
}

impl Routes {
    /// The public routes among `triggers`.
    pub(crate) fn new(triggers: &[Trigger]) -> Result<Self, RouteError> {
        let mut router = routefinder::Router::new();
        for trigger in triggers {
            let Route::Public(route) = &trigger.route else {
                continue;
            };
            let spec = spec(route).ok_or_else(|| RouteError::Malformed(route.clone()))?;
            if router.iter().any(|(known, _)| *known == spec) {
                return Err(RouteError::Duplicate(route.clone()));
            }
            let entry = Entry {
                component: trigger.component.clone(),
                route: route.clone(),
            };
            let added = router.add(spec, entry);
            added.map_err(|_| RouteError::Malformed(route.clone()))?;
        }
        Ok(Self(router))
    }

    /// The route for `path`, if there is one.
    pub(crate) fn find(&self, path: &str) -> Option<RouteMatch> {
        let found = self.0.best_match(path)?;
        let captures = found.captures();
        let segments = captures
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Some(RouteMatch {
            component: found.handler().component.clone(),
            route: found.handler().route.clone(),
            path_info: captures
                .wildcard()
                .map(|rest| path_info(rest, path))
                .unwrap_or_default(),
            segments: segments.collect(),
        })
    }
}

impl RouteMatch {
    /// What a request of another component counts as: one to a component that has all paths.
    pub(crate) fn chained(component: &str, path: &str) -> Self {
        Self {
            component: component.to_owned(),
            route: format!("/{WILDCARD}"),
            path_info: path.to_owned(),
            segments: Vec::new(),
        }
    }

    /// The route without its trailing wildcard.
    pub(crate) fn prefix(&self) -> &str {
        let suffix = self.route.strip_suffix(WILDCARD);
        suffix.map_or(&self.route, |prefix| prefix.trim_end_matches('/'))
    }
}

fn spec(route: &str) -> Option<RouteSpec> {
    if route.contains('*') {
        return None;
    }
    // As in Spin, one trailing slash makes no difference.
    let text = match route.strip_suffix(WILDCARD) {
        Some(prefix) if prefix.ends_with('/') => format!("{prefix}*"),
        Some(_) => return None,
        None => route.strip_suffix('/').unwrap_or(route).to_owned(),
    };
    (!text.contains(WILDCARD))
        .then(|| text.parse().ok())
        .flatten()
}

/// The matcher leaves slashes at both ends out, and Spin puts them back.
fn path_info(rest: &str, path: &str) -> String {
    match (rest.is_empty(), path.ends_with('/')) {
        (true, false) => String::new(),
        (true, true) => "/".to_owned(),
        (false, false) => format!("/{rest}"),
        (false, true) => format!("/{rest}/"),
    }
}

const WILDCARD: &str = "...";

#[cfg(test)]
mod tests {
    use super::{RouteError, Routes};
    use crate::manifest::{Route, Trigger};

    fn routes(routes: &[&str]) -> Result<Routes, RouteError> {
        let trigger = |(index, route): (usize, &&str)| Trigger {
            component: format!("c{index}"),
            route: Route::Public((*route).to_owned()),
        };
        let triggers: Vec<_> = routes.iter().enumerate().map(trigger).collect();
        Routes::new(&triggers)
    }

    #[track_caller]
    fn check(table: &[&str], path: &str, route: Option<&str>) {
        let found = routes(table).unwrap().find(path);
        assert_eq!(found.map(|found| found.route).as_deref(), route, "{path}");
    }

    #[test]
    fn the_most_specific_route_wins_whatever_the_order() {
        let table = ["/...", "/a/...", "/a/:x", "/a/b", "/a/b/c/..."];
        let reversed: Vec<_> = table.into_iter().rev().collect();
        for table in [&table[..], &reversed] {
            check(table, "/a/b", Some("/a/b"));
            check(table, "/a/z", Some("/a/:x"));
            check(table, "/a/z/y", Some("/a/..."));
            check(table, "/a/b/c/d", Some("/a/b/c/..."));
            check(table, "/q", Some("/..."));
            check(table, "/", Some("/..."));
        }
    }

    #[test]
    fn a_path_without_route_is_not_found() {
        let table = ["/auth/login", "/oauth2/...", "/u/:id"];
        for path in [
            "/",
            "/auth",
            "/auth/login/x",
            "/auth/loginx",
            "/u",
            "/u/1/2",
        ] {
            check(&table, path, None);
        }
        check(&table, "/auth/login", Some("/auth/login"));
        check(&table, "/oauth2", Some("/oauth2/..."));
    }

    #[test]
    fn what_a_wildcard_stands_for_keeps_its_slashes() {
        let routes = routes(&["/a/:user/..."]).unwrap();
        for (path, info) in [
            ("/a/u", ""),
            ("/a/u/", "/"),
            ("/a/u/b", "/b"),
            ("/a/u/b/c/", "/b/c/"),
        ] {
            let found = routes.find(path).unwrap();
            assert_eq!(found.path_info, info, "{path}");
            assert_eq!(found.segments, [("user".to_owned(), "u".to_owned())]);
            assert_eq!(found.prefix(), "/a/:user");
        }
    }

    #[test]
    fn private_components_have_no_route() {
        let trigger = Trigger {
            component: "secret".to_owned(),
            route: Route::Private,
        };
        assert_eq!(Routes::new(&[trigger]).unwrap().find("/"), None);
    }

    #[test]
    fn a_route_that_cannot_be_used_is_refused() {
        assert_eq!(
            routes(&["/a", "/a/"]).err(),
            Some(RouteError::Duplicate("/a/".to_owned()))
        );
        for bad in ["/a/*", "/a/.../b", "/a..."] {
            assert_eq!(
                routes(&[bad]).err(),
                Some(RouteError::Malformed(bad.to_owned()))
            );
        }
    }
}
