//! All public routes as one Cloudflare Worker. Passwords are hashed in its own process: an
//! isolate is reused, and its memory with it.

use iam_api::{auth, health, oauth2, token_hook};
use worker::{Context, Env, Request, Response, Result, event};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    let routes = [
        auth::login::ROUTE,
        auth::logout::ROUTE,
        auth::refresh::ROUTE,
        health::healthz::ROUTE,
        health::readyz::ROUTE,
        oauth2::jwks::ROUTE,
        oauth2::metadata::AUTHORIZATION_SERVER,
        oauth2::metadata::OPENID_CONFIGURATION,
        oauth2::token::ROUTE,
        token_hook::ROUTE,
    ];
    iam_host_worker::serve(request, env, &routes).await
}
