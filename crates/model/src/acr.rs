use crate::words::words;

words! {
    /// Authentication context class reference (OIDC Core §2): how far a login can be relied on.
    /// The greater one is the better.
    Acr {
        /// One factor: a password.
        Pwd "pwd",
        /// Two different factors.
        Mfa "mfa",
    }
}
