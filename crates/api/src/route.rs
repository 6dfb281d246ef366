use std::{pin::Pin, rc::Rc};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use iam_platform::Platform;
use percent_encoding::percent_decode_str;

use crate::{
    Body, MAX_BODY_BYTES, MAX_IMPORT_BYTES,
    call::Call,
    problem::{Code, Problem},
    trace::trace_id,
};

pub(crate) type Answer = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Problem>>>>;

/// A method of a path, and what answers it.
#[derive(Clone)]
pub struct Route {
    pub(crate) method: Method,
    /// Segments in braces stand for one segment of any text: `/admin/v1/users/{id}:lock`.
    pub(crate) path: &'static str,
    /// Who may call it.
    pub(crate) access: Access,
    pub(crate) handler: fn(Call) -> Answer,
}

/// Who may call a route.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// Anybody: what is asked for is decided by the credential in the request itself.
    Open,
    /// Whoever is known, by an access token or an API key.
    Known,
    /// Administrators of the operator's tenant who hold this permission.
    Operator(&'static str),
    /// Administrators of the tenant that is acted on who hold this permission, and operators.
    Tenant(&'static str),
}

impl Route {
    /// Its method.
    #[must_use]
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// Its path, with parameters in braces.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// Who may call it.
    #[must_use]
    pub const fn access(&self) -> Access {
        self.access
    }

    /// The largest body it takes, in bytes.
    #[must_use]
    pub fn body_limit(&self) -> usize {
        if self.path.ends_with(":import") {
            MAX_IMPORT_BYTES
        } else {
            MAX_BODY_BYTES
        }
    }
}

/// The largest body that one of `routes` takes at `path`, in bytes.
#[must_use]
pub fn body_limit(routes: &[Route], path: &str) -> usize {
    let here = routes.iter().filter(|r| parameters(r.path, path).is_some());
    here.map(Route::body_limit).max().unwrap_or(MAX_BODY_BYTES)
}

/// The values of the parameters of `pattern` in `path`, in order; `None` if it does not fit.
fn parameters(pattern: &str, path: &str) -> Option<Vec<String>> {
    let mut values = Vec::new();
    let mut segments = path.split('/');
    for wanted in pattern.split('/') {
        let given = segments.next()?;
        let Some((_, rest)) = wanted.strip_prefix('{').and_then(|w| w.split_once('}')) else {
            if wanted != given {
                return None;
            }
            continue;
        };
        let value = given.strip_suffix(rest)?;
        // What a verb follows must not be taken for the name of something.
        if value.is_empty() || value.contains(':') {
            return None;
        }
        values.push(percent_decode_str(value).decode_utf8().ok()?.into_owned());
    }
    segments.next().is_none().then_some(values)
}

/// Answers `request` by the one of `routes` that fits.
pub async fn serve(
    platform: Rc<dyn Platform>,
    routes: &[Route],
    request: Request<Body>,
) -> Response<Bytes> {
    let (parts, body) = request.into_parts();
    let trace_id = trace_id(&*platform, &parts.headers);
    let path = parts.uri.path();
    let here: Vec<_> = routes
        .iter()
        .filter_map(|route| Some((route, parameters(route.path, path)?)))
        .collect();
    let found = here.iter().find(|(route, _)| route.method == parts.method);
    let answer = match found {
        Some((route, parameters)) => {
            let call = Call {
                platform: Rc::clone(&platform),
                method: parts.method,
                uri: parts.uri.clone(),
                parameters: parameters.clone(),
                headers: parts.headers,
                body,
                trace_id: trace_id.clone(),
            };
            (route.handler)(call).await
        }
        None if here.is_empty() => Err(Problem::new(Code::NotFound)),
        None => Err(Problem::new(Code::MethodNotAllowed)),
    };
    let problem = match answer {
        Ok(response) => return response,
        Err(problem) => problem,
    };
    if let Some(line) = problem.log_line(&trace_id) {
        platform.log(&line);
    }
    let mut response = problem.respond(&trace_id);
    if problem.code == Code::MethodNotAllowed {
        // RFC 9110 §15.5.6.
        let methods: Vec<_> = here.iter().map(|(r, _)| r.method.as_str()).collect();
        if let Ok(allow) = HeaderValue::from_str(&methods.join(", ")) {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::parameters;

    #[track_caller]
    fn check(pattern: &str, path: &str, expected: Option<&[&str]>) {
        let found = parameters(pattern, path);
        let found: Option<Vec<_>> = found
            .as_ref()
            .map(|values| values.iter().map(String::as_str).collect());
        assert_eq!(found.as_deref(), expected, "{path}");
    }

    #[test]
    fn a_path_fits_a_pattern_segment_by_segment() {
        check("/auth/login", "/auth/login", Some(&[]));
        check("/auth/login", "/auth/login/", None);
        check("/users/{id}", "/users/7", Some(&["7"]));
        check("/users/{id}", "/users/", None);
        check("/users/{id}", "/users/7/roles", None);
        check(
            "/users/{id}/roles/{role}",
            "/users/7/roles/9",
            Some(&["7", "9"]),
        );
        check(
            "/permissions/{name}",
            "/permissions/dc%2Eread",
            Some(&["dc.read"]),
        );
        check("/permissions/{name}", "/permissions/%ff", None);
    }

    #[test]
    fn a_verb_is_told_apart_from_a_name() {
        check("/users/{id}:lock", "/users/7:lock", Some(&["7"]));
        check("/users/{id}:lock", "/users/7", None);
        check("/users/{id}", "/users/7:lock", None);
        check("/users/{id}:lock", "/users/7:unlock", None);
        check("/users:import", "/users:import", Some(&[]));
    }
}
