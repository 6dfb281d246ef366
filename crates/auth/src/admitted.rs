use iam_model::Secret;

use crate::{
    Admission, Attempt, AuthError, Factor, LoginPorts, Sender,
    progress::{Progress, Subject},
};

/// A try at a step of a login that the limits have let through.
pub(crate) struct Admitted {
    attempt: Attempt,
    admission: Admission,
}

impl Admitted {
    pub(crate) async fn new(
        ports: &LoginPorts<'_>,
        attempt: Attempt,
        factor: Factor,
    ) -> Result<Self, AuthError> {
        let admission = ports.limiter.admit(&attempt, factor).await?;
        Ok(Self { attempt, admission })
    }

    /// A try at the next step of `progress`.
    pub(crate) async fn to_go_on(
        ports: &LoginPorts<'_>,
        sender: &Sender,
        subject: Subject<'_>,
        progress: &Progress,
        factor: Factor,
    ) -> Result<Self, AuthError> {
        let attempt = Attempt {
            tenant: progress.tenant.clone(),
            account: subject.principal.user.username.key().to_owned(),
            client_id: progress.client_id.clone(),
            ip: sender.origin.ip,
            device: progress.device.digest.clone(),
        };
        Self::new(ports, attempt, factor).await
    }

    /// What was tried was right.
    pub(crate) async fn succeeded(&self, ports: &LoginPorts<'_>) -> Result<(), AuthError> {
        ports.limiter.succeeded(&self.admission).await
    }

    /// The login is complete; the token is for a device that becomes known by it.
    pub(crate) async fn remember(
        &self,
        ports: &LoginPorts<'_>,
        new_device: bool,
    ) -> Result<Option<Secret<String>>, AuthError> {
        let limiter = ports.limiter;
        limiter
            .remember(&self.attempt, &self.admission, new_device)
            .await
    }
}
