//! All public routes as one Cloudflare Worker. Passwords are hashed in its own process: an
//! isolate is reused, and its memory with it.

use iam_api::{account, admin, auth, health, messages, oauth2, openapi, token_hook};
use worker::{Context, Env, Request, Response, Result, event};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    let mut routes = vec![
        auth::login::ROUTE,
        auth::login::page::ROUTE,
        auth::login::reject::ROUTE,
        auth::consent::GET,
        auth::consent::POST,
        auth::logout::GET,
        auth::logout::ROUTE,
        auth::mfa::confirm::ROUTE,
        auth::mfa::enroll::ROUTE,
        auth::mfa::verify::ROUTE,
        auth::password::change::ROUTE,
        auth::refresh::ROUTE,
        health::healthz::ROUTE,
        health::readyz::ROUTE,
        messages::ROUTE,
        oauth2::challenge::ROUTE,
        oauth2::cors::preflight(oauth2::challenge::ROUTE.path()),
        openapi::ROUTE,
        token_hook::ROUTE,
    ];
    routes.extend_from_slice(account::ROUTES);
    routes.extend_from_slice(admin::ROUTES);
    routes.extend_from_slice(oauth2::ROUTES);
    iam_host_worker::serve(request, env, &routes).await
}
