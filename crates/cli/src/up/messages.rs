use std::cell::RefCell;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use iam_model::Secret;
use iam_platform::{FetchError, Platform};

/// Has the `messages` component send what is due, as a cron job does elsewhere.
pub(super) struct Messages {
    pub(super) url: String,
    pub(super) key: Secret<String>,
    /// What went wrong the last time: it is told once, not each second.
    pub(super) trouble: RefCell<String>,
}

impl Messages {
    /// Has it done once. What fails is tried again at the next time.
    pub(super) async fn deliver(&self, platform: &dyn Platform) {
        let bearer = format!("Bearer {}", self.key.expose());
        let request = Request::post(&self.url)
            .header(header::AUTHORIZATION, bearer)
            .body(Bytes::new());
        let Ok(request) = request else {
            return;
        };
        let trouble = match platform.fetch(request).await {
            Ok(response) if response.status() == StatusCode::OK => String::new(),
            Ok(response) => response.status().to_string(),
            // A receiver takes its time, and the component waits for it: others are sent meanwhile.
            Err(FetchError::Timeout) => String::new(),
            Err(error) => error.to_string(),
        };
        if !trouble.is_empty() && *self.trouble.borrow() != trouble {
            eprintln!("messages are not delivered: {trouble}");
        }
        self.trouble.replace(trouble);
    }
}
