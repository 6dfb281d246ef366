use iam_model::{
    ClientDetails, GrantType, RedirectUri, Scope, ScopeToken, Tenant, TokenEndpointAuth,
};

use super::{ClientSpec, jwks};
use crate::{IdentityError, Violation};

/// The most URIs of a kind, or claim mappings, that a client has.
const MAX: usize = 20;

/// That a client of `tenant` can be what is said of it; else all that is wrong with it.
pub(super) fn ensure_valid(tenant: &Tenant, spec: &ClientSpec) -> Result<(), IdentityError> {
    let mut wrong = Vec::new();
    let allowed = tenant.settings.allowed_scopes.as_ref();
    wrong.extend(scope_flaw(&spec.scope, allowed).map(|detail| Violation::new("/scope", detail)));
    wrong.extend(grant_flaw(spec).map(|(pointer, detail)| Violation::new(pointer, detail)));
    wrong.extend(size_flaws(spec));
    wrong.extend(uri_flaws(spec));
    wrong.extend(key_flaws(&spec.details));
    wrong.extend(scope_acr_flaws(spec));
    wrong.extend(browser_flaws(spec));
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(IdentityError::Invalid(wrong))
    }
}

fn scope_flaw(scope: &Scope, allowed: Option<&Scope>) -> Option<String> {
    // Hydra takes none for its own default.
    if scope.is_empty() {
        return Some("must name a scope at least".to_owned());
    }
    let beyond: Vec<_> = scope.beyond(allowed?).map(ScopeToken::as_str).collect();
    let more = || {
        format!(
            "is more than the tenant lets its clients ask for: {}",
            beyond.join(" ")
        )
    };
    (!beyond.is_empty()).then(more)
}

fn grant_flaw(spec: &ClientSpec) -> Option<(&'static str, &'static str)> {
    let grants = &spec.details.grant_types;
    let has = |grant| grants.contains(&grant);
    let code = has(GrantType::AuthorizationCode);
    // Hydra takes none for its own default.
    if grants.is_empty() {
        return Some(("/grant_types", "must name a grant at least"));
    }
    if has(GrantType::ClientCredentials) && !spec.is_confidential() {
        return Some((
            "/grant_types",
            "has `client_credentials`, which takes a secret or a key",
        ));
    }
    if has(GrantType::TokenExchange) && !spec.is_confidential() {
        return Some((
            "/grant_types",
            "has the grant of token exchange, which takes a secret or a key",
        ));
    }
    if has(GrantType::RefreshToken) && !code {
        return Some((
            "/grant_types",
            "has `refresh_token` without `authorization_code`",
        ));
    }
    if spec.first_party && !code {
        return Some(("/first_party", "takes the grant `authorization_code`"));
    }
    // Direct login redeems the code inside the server, where the client's secret is not.
    let direct = spec.first_party && spec.is_confidential();
    direct.then_some((
        "/first_party",
        "takes the `token_endpoint_auth_method` `none`: it logs in with a password alone",
    ))
}

fn size_flaws(spec: &ClientSpec) -> impl Iterator<Item = Violation> {
    let details = &spec.details;
    let sizes = [
        ("/redirect_uris", spec.redirect_uris.len()),
        (
            "/post_logout_redirect_uris",
            details.post_logout_redirect_uris.len(),
        ),
        ("/claim_mappings", details.claim_mappings.len()),
        ("/scope_acr", details.scope_acr.len()),
        ("/resources", details.resources.len()),
        ("/allowed_origins", details.allowed_origins.len()),
    ];
    let large = sizes.into_iter().filter(|(_, size)| *size > MAX);
    large.map(|(pointer, _)| Violation::new(pointer, format!("names more than {MAX}")))
}

fn uri_flaws(spec: &ClientSpec) -> Vec<Violation> {
    let (to, after) = (&spec.redirect_uris, &spec.details.post_logout_redirect_uris);
    let mut wrong = Vec::new();
    if to.is_empty()
        && spec
            .details
            .grant_types
            .contains(&GrantType::AuthorizationCode)
    {
        let detail = "must name one at least for `authorization_code`";
        wrong.push(Violation::new("/redirect_uris", detail));
    }
    for (index, uri) in after.iter().enumerate() {
        // A rule of Hydra's.
        if !to.iter().any(|redirect| origin(redirect) == origin(uri)) {
            let pointer = format!("/post_logout_redirect_uris/{index}");
            let detail = "has another scheme, host or port than any of the redirect_uris";
            wrong.push(Violation::new(pointer, detail));
        }
    }
    wrong
}

/// Scheme, host and port.
fn origin(uri: &RedirectUri) -> &str {
    let text = uri.as_str();
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.split(':').next().unwrap_or(text);
    };
    let authority = rest.find(['/', '?']).unwrap_or(rest.len());
    &text[..scheme.len() + "://".len() + authority]
}

fn key_flaws(details: &ClientDetails) -> Vec<Violation> {
    let by_key = details.token_endpoint_auth_method == TokenEndpointAuth::PrivateKeyJwt;
    let detail = match &details.jwks {
        Some(keys) if by_key => return jwks::flaws(keys),
        None if by_key => "is required for `private_key_jwt`",
        Some(_) => "is for `private_key_jwt` only",
        None => return Vec::new(),
    };
    vec![Violation::new("/jwks", detail)]
}

/// What a login must reach for a scope that the client cannot get is a slip of the pen.
fn scope_acr_flaws(spec: &ClientSpec) -> impl Iterator<Item = Violation> {
    let tokens = spec.details.scope_acr.keys();
    let beyond = tokens.filter(|token| !spec.scope.contains(token.as_str()));
    beyond.map(|token| {
        // RFC 6901 §3.
        let name = token.as_str().replace('~', "~0").replace('/', "~1");
        Violation::new(
            format!("/scope_acr/{name}"),
            "is not in the scope of the client",
        )
    })
}

/// What goes with browsers alone.
fn browser_flaws(spec: &ClientSpec) -> Vec<Violation> {
    let details = &spec.details;
    let code = details.grant_types.contains(&GrantType::AuthorizationCode);
    let web = |uri: &RedirectUri| uri.as_str().starts_with("http");
    let backchannel = details.backchannel_logout_uri.as_ref();
    let rules = [
        (
            backchannel.is_some_and(|uri| !web(uri)),
            "/backchannel_logout_uri",
            "must use https; plain http is allowed for 127.0.0.1, [::1] and localhost only",
        ),
        (
            details.backchannel_logout_session_required && backchannel.is_none(),
            "/backchannel_logout_session_required",
            "goes with a backchannel_logout_uri",
        ),
        (
            details.require_pushed_authorization_requests && !code,
            "/require_pushed_authorization_requests",
            "goes with the grant `authorization_code`",
        ),
    ];
    let broken = rules.into_iter().filter(|(broken, ..)| *broken);
    broken
        .map(|(_, pointer, detail)| Violation::new(pointer, detail))
        .collect()
}

#[cfg(test)]
mod tests;
