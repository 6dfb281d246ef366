//! The commands that a Redis is asked to do.
//!
//! A list of what is let through, since what a Redis of the next version can do is unknown here.
//! Not on it is what waits (`BLPOP`, `WAIT`), what changes the connection, which others use next
//! (`SELECT`, `AUTH`, `SUBSCRIBE`, `WATCH`, `MULTI`), what is about the server or all of its keys
//! (`CONFIG`, `DEBUG`, `SHUTDOWN`, `FLUSHALL`, `KEYS`), what makes it connect elsewhere
//! (`MIGRATE`, `REPLICAOF`), and scripts, which can do most of that and hold up everybody.

use super::error::RedisError;

const ALLOWED: &[&str] = &[
    // keys
    "copy",
    "del",
    "exists",
    "expire",
    "expireat",
    "expiretime",
    "persist",
    "pexpire",
    "pexpireat",
    "pexpiretime",
    "ping",
    "pttl",
    "rename",
    "renamenx",
    "scan",
    "touch",
    "ttl",
    "type",
    "unlink",
    // strings, numbers, bits
    "append",
    "bitcount",
    "bitfield",
    "bitfield_ro",
    "bitop",
    "bitpos",
    "decr",
    "decrby",
    "echo",
    "get",
    "getbit",
    "getdel",
    "getex",
    "getrange",
    "getset",
    "incr",
    "incrby",
    "incrbyfloat",
    "mget",
    "mset",
    "msetnx",
    "psetex",
    "set",
    "setbit",
    "setex",
    "setnx",
    "setrange",
    "strlen",
    "substr",
    // hashes
    "hdel",
    "hexists",
    "hget",
    "hgetall",
    "hincrby",
    "hincrbyfloat",
    "hkeys",
    "hlen",
    "hmget",
    "hmset",
    "hrandfield",
    "hscan",
    "hset",
    "hsetnx",
    "hstrlen",
    "hvals",
    // lists
    "lindex",
    "linsert",
    "llen",
    "lmove",
    "lmpop",
    "lpop",
    "lpos",
    "lpush",
    "lpushx",
    "lrange",
    "lrem",
    "lset",
    "ltrim",
    "rpop",
    "rpoplpush",
    "rpush",
    "rpushx",
    // sets
    "sadd",
    "scard",
    "sdiff",
    "sdiffstore",
    "sinter",
    "sintercard",
    "sinterstore",
    "sismember",
    "smembers",
    "smismember",
    "smove",
    "spop",
    "srandmember",
    "srem",
    "sscan",
    "sunion",
    "sunionstore",
    // sorted sets
    "zadd",
    "zcard",
    "zcount",
    "zdiff",
    "zdiffstore",
    "zincrby",
    "zinter",
    "zintercard",
    "zinterstore",
    "zlexcount",
    "zmpop",
    "zmscore",
    "zpopmax",
    "zpopmin",
    "zrandmember",
    "zrange",
    "zrangebylex",
    "zrangebyscore",
    "zrangestore",
    "zrank",
    "zrem",
    "zremrangebylex",
    "zremrangebyrank",
    "zremrangebyscore",
    "zrevrange",
    "zrevrangebylex",
    "zrevrangebyscore",
    "zrevrank",
    "zscan",
    "zscore",
    "zunion",
    "zunionstore",
    // others
    "geoadd",
    "geodist",
    "geohash",
    "geopos",
    "geosearch",
    "geosearchstore",
    "pfadd",
    "pfcount",
    "pfmerge",
    "publish",
    "time",
    "xadd",
    "xdel",
    "xlen",
    "xrange",
    "xrevrange",
    "xtrim",
];

/// Lets the command `words` through, or not.
pub(super) fn check(words: &[String]) -> Result<(), RedisError> {
    let name = words.first().ok_or(RedisError::UnknownCommand)?;
    let is_allowed = ALLOWED
        .iter()
        .any(|allowed| allowed.eq_ignore_ascii_case(name));
    if is_allowed {
        Ok(())
    } else {
        Err(RedisError::UnknownCommand)
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_reaches_beyond_the_values_is_not_let_through() {
        let is_let_through = |name: &str| check(&[name.to_owned()]).is_ok();
        for name in ["GET", "get", "Set", "HSET", "zadd", "XADD"] {
            assert!(is_let_through(name), "{name}");
        }
        for name in [
            "ACL",
            "AUTH",
            "BLPOP",
            "CLIENT",
            "CONFIG",
            "DEBUG",
            "EVAL",
            "EVALSHA",
            "EXEC",
            "FCALL",
            "FLUSHALL",
            "FLUSHDB",
            "HELLO",
            "KEYS",
            "MIGRATE",
            "MODULE",
            "MONITOR",
            "MULTI",
            "QUIT",
            "REPLICAOF",
            "RESTORE",
            "SAVE",
            "SCRIPT",
            "SELECT",
            "SHUTDOWN",
            "SLAVEOF",
            "SUBSCRIBE",
            "WAIT",
            "WATCH",
            "XREAD",
            "",
            "GET ",
            "GET\r\nFLUSHALL",
        ] {
            assert!(!is_let_through(name), "{name}");
        }
        assert!(check(&[]).is_err());
    }
}
