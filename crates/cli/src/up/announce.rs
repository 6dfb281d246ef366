use std::{net::SocketAddr, time::Duration};

use super::state::Dev;

/// One line of progress.
pub(crate) fn step(what: &str, outcome: &str) {
    println!("  {what:<12} {outcome}");
}

/// The line that tools wait for, and after it what a person needs to go on.
pub(crate) fn ready(total: Duration, without_hydra: Duration, own: SocketAddr, demo: Option<&Dev>) {
    println!();
    println!(
        "ready in {} ms ({} ms without Hydra)",
        total.as_millis(),
        without_hydra.as_millis()
    );
    println!();
    println!("  Base URL     http://{own}");
    if let Some(demo) = demo {
        credentials(demo);
    }
    println!("  Stop         Ctrl-C");
}

fn credentials(demo: &Dev) {
    let Dev {
        tenant,
        username,
        password,
        client_id,
        base_url,
        admin,
        ..
    } = demo;
    println!("  Tenant       {tenant}");
    println!("  User         {username}");
    println!("  Admin        {admin}, with the same password");
    println!("  Password     {password}");
    println!("  Client       {client_id}");
    println!();
    println!("Log in:");
    println!();
    println!(
        "curl -s {base_url}/auth/login -H 'content-type: application/json' -d '{{\"tenant\":\"{tenant}\",\
         \"username\":\"{username}\",\"password\":\"{password}\",\"client_id\":\"{client_id}\"}}'"
    );
    println!();
    println!("Administer, with the operator's API key in dev.json:");
    println!();
    println!("target/release/iam user list --tenant {tenant}");
    println!();
}
