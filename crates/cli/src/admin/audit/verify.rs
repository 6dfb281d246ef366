use anyhow::{Result, bail};
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::EVENT;
use crate::{
    console::{harmless, print},
    remote::{Call, Session},
};

#[derive(Args)]
pub(crate) struct Verify {
    /// Begin after this sequence, which an export or a verification ended with.
    #[arg(long, value_name = "N", requires = "head")]
    sequence: Option<i64>,
    /// The hash that it ended with.
    #[arg(long, value_name = "HASH", requires = "sequence")]
    head: Option<String>,
}

/// What a verification found.
#[derive(Deserialize)]
struct Verified {
    valid: bool,
    events: u64,
    complete: bool,
    sequence: i64,
    head: String,
    broken_at: Option<i64>,
    reason: Option<String>,
}

impl Verify {
    /// Verifies one part after another, to the end of the log or to what is wrong.
    pub(super) async fn run(self, session: &Session) -> Result<()> {
        let mut begin = match (self.sequence, self.head) {
            (Some(sequence), Some(head)) => json!({"sequence": sequence, "head": head}),
            _ => json!({}),
        };
        let mut events = 0;
        loop {
            let call = Call::post(format!("{}:verify", EVENT.all())).json(&begin);
            let part: Verified = session.api.send(&call).await?.read()?;
            events += part.events;
            if part.complete || !part.valid {
                return part.tell(events, session.json);
            }
            begin = json!({"sequence": part.sequence, "head": part.head});
        }
    }
}

impl Verified {
    fn tell(self, events: u64, json: bool) -> Result<()> {
        if json {
            let mut whole = json!({
                "valid": self.valid, "events": events, "complete": self.complete,
                "sequence": self.sequence, "head": self.head,
            });
            if let Some(sequence) = self.broken_at {
                whole["broken_at"] = sequence.into();
                whole["reason"] = self.reason.clone().into();
            }
            print(&format!("{whole}\n"))?;
        } else if self.valid {
            let (sequence, head) = (self.sequence, &self.head);
            print(&format!(
                "events    {events}\nsequence  {sequence}\nhead      {head}\n"
            ))?;
        }
        if self.valid {
            return Ok(());
        }
        let reason = harmless(&self.reason.unwrap_or_default());
        bail!(
            "the log is broken at event {}: {reason}",
            self.broken_at.unwrap_or_default()
        )
    }
}
