use std::{pin::Pin, rc::Rc};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use iam_platform::Platform;

use crate::{
    Body,
    call::Call,
    problem::{Code, Problem},
    trace::trace_id,
};

pub(crate) type Answer = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Problem>>>>;

/// A method of a path, and what answers it.
#[derive(Clone)]
pub struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) handler: fn(Call) -> Answer,
}

/// Answers `request` by the one of `routes` that fits.
pub async fn serve(
    platform: Rc<dyn Platform>,
    routes: &[Route],
    request: Request<Body>,
) -> Response<Bytes> {
    let (parts, body) = request.into_parts();
    let trace_id = trace_id(&*platform, &parts.headers);
    let call = Call {
        platform: Rc::clone(&platform),
        headers: parts.headers,
        body,
    };
    let path = parts.uri.path();
    let here: Vec<_> = routes.iter().filter(|route| route.path == path).collect();
    let answer = match here.iter().find(|route| route.method == parts.method) {
        Some(route) => (route.handler)(call).await,
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
        let methods: Vec<_> = here.iter().map(|route| route.method.as_str()).collect();
        if let Ok(allow) = HeaderValue::from_str(&methods.join(", ")) {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    response
}
