//! Use cases of authentication: login with its steps, refresh, logout and the token hook.
//!
//! One use case, one file. Each is a function over an explicit set of ports, knows nothing of
//! HTTP, and fails with an [`AuthError`] that says what a caller can act on.
//!
//! A login begins with a password ([`login`], [`challenge_login`]), and every step of it goes on
//! in one place, `continue_login`. Between steps it waits in the ephemeral store (`pending`), and
//! what is still missing is decided afresh each time (`next_step`).

mod acr_values;
mod admitted;
mod authorize;
mod browser_login;
mod browser_ports;
mod browser_session;
mod challenge;
mod challenge_login;
mod claims;
mod client_credentials;
mod consent;
mod continue_login;
mod error;
mod introspect;
mod limit;
mod login;
mod login_log;
mod login_request;
mod logout;
mod logout_everywhere;
mod mfa_confirm;
mod mfa_enroll;
mod mfa_verify;
mod next_step;
mod password;
mod password_change;
mod pending;
mod ports;
mod progress;
mod refresh;
mod revoke;
mod rp_logout;
mod step;
#[cfg(test)]
mod testing;
mod token_exchange;
mod token_ports;
mod userinfo;

pub use acr_values::AcrValues;
pub use authorize::{
    AuthorizationError, AuthorizeError, Onward, Parameters, PushError, PushedRequest, authorize,
    push,
};
pub use browser_login::browser_login;
pub use browser_ports::BrowserPorts;
pub use challenge::{
    ChallengePorts, ChallengeRequest, CodeChallenge, InvalidCodeChallenge, challenge,
};
pub use challenge_login::{ChallengeLogin, challenge_login};
pub use claims::{TokenSubject, refreshed_claims};
pub use client_credentials::client_claims;
pub use consent::{ConsentDecision, ConsentQuestion, answer_consent, consent, consent_question};
pub use continue_login::LoginOutcome;
pub use error::{AuthError, Dependency};
pub use introspect::{Introspection, introspect};
pub use limit::{Admission, Attempt, DeviceDigest, Factor, Limiter, Quota};
pub use login::{Login, login};
pub use login_request::{LoginPage, LoginRefusal, login_page, reject_login};
pub use logout::logout;
pub use logout_everywhere::logout_everywhere;
pub use mfa_confirm::{Confirmed, confirm};
pub use mfa_enroll::{Enrollment, enroll};
pub use mfa_verify::verify_code;
pub use password::Credentials;
pub use password_change::change_password;
pub use ports::{Entrance, LoginPorts, Sender};
pub use progress::Device;
pub use refresh::{REFUSED_BY_HOOK, refresh, refusal_of_refresh};
pub use revoke::revoke;
pub use rp_logout::{LogoutQuestion, accept_logout, end_session, logout_page, logout_question};
pub use step::{Method, Step, StepKind};
pub use token_exchange::{ExchangeError, IMPERSONATE, TokenExchange, exchange_token};
pub use token_ports::TokenPorts;
pub use userinfo::{UserInfo, UserInfoError, user_info};
