//! Use cases of users who look after their own account, without an operator.
//!
//! Two kinds of callers: a [`Caller`] has an access token of ours and acts on themself alone;
//! whoever has none, since they forgot the password or are new, proves who they are by a code that
//! was sent to them. The answer to those never tells whether an account exists.
//!
//! What takes an account away from its user, such as another password, address or second factor,
//! takes a fresh proof beside the token, which may have been stolen.

mod caller;
mod code;
mod consents;
mod email_change;
mod email_confirm;
mod error;
mod invitation;
mod log;
mod mfa;
mod notice;
mod password;
mod password_change;
mod ports;
mod profile;
mod proof;
mod recovery;
mod recovery_codes;
mod recovery_confirm;
mod register;
mod sessions;
mod totp;
mod totp_confirm;
mod totp_remove;

pub use caller::{ACCOUNT_SCOPE, Caller, authenticate};
pub use code::CodeBearer;
pub use consents::{GrantedConsent, consents, revoke_consent};
pub use email_change::{change_email, verify_email};
pub use email_confirm::confirm_email;
pub use error::AccountError;
pub use invitation::accept_invitation;
pub use mfa::{Mfa, mfa};
pub use password_change::change_password;
pub use ports::AccountPorts;
pub use profile::{ProfileChange, change_profile};
pub use proof::Proof;
pub use recovery::{Who, recover};
pub use recovery_codes::regenerate_recovery_codes;
pub use recovery_confirm::confirm_recovery;
pub use register::{Registration, register};
pub use sessions::{end_all_sessions, end_session, sessions};
pub use totp::{Enrollment, enroll_totp};
pub use totp_confirm::confirm_totp;
pub use totp_remove::remove_totp;
