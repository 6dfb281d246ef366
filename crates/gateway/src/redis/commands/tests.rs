use std::time::Duration;

use tokio::time::{Instant, advance};

use super::{RedisError, Reply, run};
use crate::redis::store::Store;

/// Commands as one would type them, on a store and a clock of their own.
struct Redis(Store);

impl Redis {
    fn new() -> Self {
        Self(Store::new())
    }

    fn outcome(&self, command: &str) -> Result<Reply, RedisError> {
        let words: Vec<_> = command.split(' ').map(str::to_owned).collect();
        run(&mut self.0.lock(), Instant::now(), &words)
    }

    #[track_caller]
    fn check(&self, command: &str, expected: &str) {
        let shown = match self.outcome(command) {
            Ok(reply) => show(&reply),
            Err(error) => error.to_string(),
        };
        assert_eq!(shown, expected, "{command}");
    }
}

fn show(reply: &Reply) -> String {
    match reply {
        Reply::Array(replies) => replies.iter().map(show).collect::<Vec<_>>().join(" "),
        Reply::Bytes(bytes) => format!("{bytes:?}"),
        Reply::Integer(number) => number.to_string(),
        Reply::Null => "nil".to_owned(),
        Reply::Ok => "+OK".to_owned(),
        Reply::Text(text) => format!("\"{text}\""),
    }
}

#[tokio::test(start_paused = true)]
async fn values_come_back_until_they_are_deleted() {
    let redis = Redis::new();
    redis.check("PING", "\"PONG\"");
    redis.check("ping hello", "\"hello\"");
    redis.check("GET a", "nil");
    redis.check("SET a 1", "+OK");
    redis.check("set b 2", "+OK");
    redis.check("GET a", "\"1\"");
    redis.check("MGET a x b", "\"1\" nil \"2\"");
    redis.check("EXISTS a b a x", "3");
    redis.check("DEL a x a", "1");
    redis.check("GETDEL b", "\"2\"");
    redis.check("GETDEL b", "nil");
    redis.check("EXISTS a b", "0");
}

#[tokio::test(start_paused = true)]
async fn set_can_be_conditional_and_give_the_old_value() {
    let redis = Redis::new();
    redis.check("SET a 1 XX", "nil");
    redis.check("SET a 1 NX", "+OK");
    redis.check("SET a 2 NX", "nil");
    redis.check("SET a 2 XX", "+OK");
    redis.check("SET a 3 GET", "\"2\"");
    redis.check("SET b 1 GET", "nil");
    redis.check("SET a 4 NX GET", "\"3\"");
    redis.check("GET a", "\"3\"");
    redis.check("GET b", "\"1\"");
}

#[tokio::test(start_paused = true)]
async fn set_gives_takes_and_keeps_a_time_to_live() {
    let redis = Redis::new();
    redis.check("SET a 1 EX 10", "+OK");
    redis.check("SET b 1 px 1500", "+OK");
    redis.check("TTL a", "10");
    redis.check("PTTL b", "1500");
    redis.check("TTL b", "2");
    redis.check("SET a 2 KEEPTTL", "+OK");
    redis.check("PTTL a", "10000");
    redis.check("SET a 3", "+OK");
    redis.check("PTTL a", "-1");
    redis.check("PTTL x", "-2");
    advance(Duration::from_millis(1499)).await;
    redis.check("GET b", "\"1\"");
    advance(Duration::from_millis(1)).await;
    redis.check("GET b", "nil");
    redis.check("SET b 1 NX", "+OK");
}

#[tokio::test(start_paused = true)]
async fn counters_count_and_keep_their_time() {
    let redis = Redis::new();
    redis.check("INCR n", "1");
    redis.check("PEXPIRE n 1000", "1");
    redis.check("INCRBY n 41", "42");
    redis.check("INCRBY n -2", "40");
    redis.check("PTTL n", "1000");
    redis.check("GET n", "\"40\"");
    redis.check("SET n 9223372036854775807", "+OK");
    redis.check("INCR n", "ERR increment or decrement would overflow");
    redis.check("GET n", "\"9223372036854775807\"");
    for value in ["x", "1.5", "+1", "01", "9223372036854775808", ""] {
        redis.check(&format!("SET n {value}"), "+OK");
        redis.check("INCR n", "ERR value is not an integer or out of range");
    }
    redis.check(
        "INCRBY n 1.5",
        "ERR value is not an integer or out of range",
    );
}

#[tokio::test(start_paused = true)]
async fn an_expiry_is_set_only_as_its_options_allow() {
    let redis = Redis::new();
    redis.check("EXPIRE a 10", "0");
    redis.check("SET a 1", "+OK");
    redis.check("EXPIRE a 10 XX", "0");
    redis.check("EXPIRE a 10 GT", "0");
    redis.check("EXPIRE a 10 NX", "1");
    redis.check("EXPIRE a 20 nx", "0");
    redis.check("EXPIRE a 5 GT", "0");
    redis.check("EXPIRE a 20 gt", "1");
    redis.check("EXPIRE a 30 LT", "0");
    redis.check("PEXPIRE a 4000 XX LT", "1");
    redis.check("PTTL a", "4000");
    redis.check("EXPIRE a 0", "1");
    redis.check("EXISTS a", "0");
    redis.check("SET a 1", "+OK");
    redis.check("PEXPIRE a -1", "1");
    redis.check("EXISTS a", "0");
    redis.check("SET a 1", "+OK");
    redis.check("EXPIRE a 9223372036854775", "1");
    redis.check("GET a", "\"1\"");
}

#[tokio::test(start_paused = true)]
async fn errors_are_worded_as_redis_words_them() {
    let redis = Redis::new();
    redis.check("GET", "ERR wrong number of arguments for 'get' command");
    redis.check("Get a b", "ERR wrong number of arguments for 'get' command");
    redis.check("SET a", "ERR wrong number of arguments for 'set' command");
    redis.check("FLUSHALL", "ERR unknown command");
    redis.check("", "ERR unknown command");
    for options in ["FOO", "EX", "NX XX", "EX 1 PX 1", "KEEPTTL EX 1"] {
        redis.check(&format!("SET a 1 {options}"), "ERR syntax error");
    }
    for options in ["EX 0", "PX -1", "EX 9223372036854775807"] {
        let expected = "ERR invalid expire time in 'set' command";
        redis.check(&format!("SET a 1 {options}"), expected);
    }
    let expected = "ERR value is not an integer or out of range";
    redis.check("SET a 1 EX x", expected);
    redis.check("EXPIRE a x", expected);
    let expected = "ERR invalid expire time in 'expire' command";
    redis.check("EXPIRE a 9223372036854775807", expected);
    let expected = "ERR NX and XX, GT or LT options at the same time are not compatible";
    redis.check("EXPIRE a 1 NX GT", expected);
    let expected = "ERR GT and LT options at the same time are not compatible";
    redis.check("EXPIRE a 1 GT LT", expected);
    redis.check("EXISTS a", "0");
}
