use crate::{Hydra, HydraError, http::Outgoing};

impl Hydra {
    /// Succeeds if Hydra and its database answer.
    pub async fn ping(&self) -> Result<(), HydraError> {
        let path = "/health/ready";
        let response = self
            .send(&self.settings.admin, Outgoing::get(path, &[]))
            .await?;
        if response.status().is_success() {
            return Ok(());
        }
        Err(HydraError::Unavailable(format!(
            "{path} answered {}",
            response.status()
        )))
    }
}
