use std::time::Duration;

use clap::{Args, value_parser};
use iam_gateway::Limits;

/// What clients may use, and databases take.
#[derive(Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct LimitOptions {
    /// Connections open to one target at once.
    #[arg(long, value_name = "N", default_value_t = count(Limits::default().connections), value_parser = value_parser!(u32).range(1..), env = "IAM_GATEWAY_CONNECTIONS")]
    connections: u32,
    /// Units of work that may wait for one of them.
    #[arg(long, value_name = "N", default_value_t = count(Limits::default().waiting), env = "IAM_GATEWAY_WAITING")]
    waiting: u32,
    /// How long a unit of work waits for one.
    #[arg(long, value_name = "SECONDS", default_value_t = seconds(Limits::default().wait_timeout), env = "IAM_GATEWAY_WAIT_TIMEOUT")]
    wait_timeout: u64,
    /// How long opening a connection may take.
    #[arg(long, value_name = "SECONDS", default_value_t = seconds(Limits::default().connect_timeout), value_parser = value_parser!(u64).range(1..), env = "IAM_GATEWAY_CONNECT_TIMEOUT")]
    connect_timeout: u64,
    /// How long a database works on one statement.
    #[arg(long, value_name = "SECONDS", default_value_t = seconds(Limits::default().statement_timeout), value_parser = value_parser!(u64).range(1..=86_400), env = "IAM_GATEWAY_STATEMENT_TIMEOUT")]
    statement_timeout: u64,
    /// How long a connection stays open that nobody uses.
    #[arg(long, value_name = "SECONDS", default_value_t = seconds(Limits::default().idle_timeout), env = "IAM_GATEWAY_IDLE_TIMEOUT")]
    idle_timeout: u64,
    /// The largest request body.
    #[arg(long, value_name = "BYTES", default_value_t = count(Limits::default().request_bytes), value_parser = value_parser!(u32).range(1..), env = "IAM_GATEWAY_MAX_REQUEST_BYTES")]
    max_request_bytes: u32,
    /// The most that the values of one answer take.
    #[arg(long, value_name = "BYTES", default_value_t = count(Limits::default().response_bytes), value_parser = value_parser!(u32).range(1..), env = "IAM_GATEWAY_MAX_RESPONSE_BYTES")]
    max_response_bytes: u32,
    /// Requests worked on at once; one more is told to come again.
    #[arg(long, value_name = "N", default_value_t = count(Limits::default().requests), value_parser = value_parser!(u32).range(1..=1_000_000), env = "IAM_GATEWAY_MAX_REQUESTS")]
    max_requests: u32,
    /// How long a client may take to send the body of a request.
    #[arg(long, value_name = "SECONDS", default_value_t = seconds(Limits::default().body_timeout), value_parser = value_parser!(u64).range(1..), env = "IAM_GATEWAY_BODY_TIMEOUT")]
    body_timeout: u64,
    /// How long requests that run may take to finish at the end.
    #[arg(long, value_name = "SECONDS", default_value_t = seconds(Limits::default().drain_timeout), env = "IAM_GATEWAY_DRAIN_TIMEOUT")]
    drain_timeout: u64,
}

impl LimitOptions {
    pub(super) fn limits(&self) -> Limits {
        Limits {
            connections: size(self.connections),
            waiting: size(self.waiting),
            wait_timeout: Duration::from_secs(self.wait_timeout),
            connect_timeout: Duration::from_secs(self.connect_timeout),
            statement_timeout: Duration::from_secs(self.statement_timeout),
            idle_timeout: Duration::from_secs(self.idle_timeout),
            request_bytes: size(self.max_request_bytes),
            response_bytes: size(self.max_response_bytes),
            requests: size(self.max_requests),
            body_timeout: Duration::from_secs(self.body_timeout),
            drain_timeout: Duration::from_secs(self.drain_timeout),
        }
    }
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

const fn seconds(time: Duration) -> u64 {
    time.as_secs()
}
