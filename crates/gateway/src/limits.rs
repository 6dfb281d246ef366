use std::time::Duration;

/// What a gateway lets its clients use, and a database take. The defaults suit a sidecar.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// How many connections are open to one target at once. Postgres has a process for each.
    pub connections: usize,
    /// How many units of work may wait for one of them.
    pub waiting: usize,
    /// How long a unit of work waits for one.
    pub wait_timeout: Duration,
    /// How long opening a connection may take.
    pub connect_timeout: Duration,
    /// How long the database may work on one statement.
    pub statement_timeout: Duration,
    /// How long a connection stays open that nobody uses.
    pub idle_timeout: Duration,
    /// The largest request body, in bytes.
    pub request_bytes: usize,
    /// The most that the values of one answer take, in bytes.
    pub response_bytes: usize,
    /// How many requests are worked on at once; one more is told to come again.
    pub requests: usize,
    /// How long a client may take to send the body of a request.
    pub body_timeout: Duration,
    /// How long requests that run may take to finish once the gateway is told to stop.
    pub drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 20,
            waiting: 256,
            wait_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_mins(5),
            // Neon, Turso and Upstash take as much.
            request_bytes: 10 * 1024 * 1024,
            response_bytes: 10 * 1024 * 1024,
            requests: 512,
            body_timeout: Duration::from_secs(10),
            drain_timeout: Duration::from_secs(10),
        }
    }
}

impl Limits {
    /// How long a unit of work may take: longer than one statement, so that it is the database
    /// that says which one took too long.
    #[must_use]
    pub const fn unit_timeout(&self) -> Duration {
        self.statement_timeout
            .saturating_add(Duration::from_secs(5))
    }
}
