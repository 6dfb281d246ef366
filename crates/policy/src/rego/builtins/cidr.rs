use std::net::IpAddr;

use regorus::Value;

use super::text;

/// `net.cidr_contains(cidr, cidr_or_ip)`.
pub(super) fn contains(args: &[Value]) -> Option<Value> {
    let network = Block::parse(text(args, 0)?)?;
    let inner = text(args, 1)?;
    let inner = match inner.parse().ok() {
        Some(ip) => Block::single(ip),
        None => Block::parse(inner)?,
    };
    Some(Value::from(network.contains(inner)))
}

/// `net.cidr_is_valid(cidr)`.
pub(super) fn is_valid(args: &[Value]) -> Option<Value> {
    Some(Value::from(Block::parse(text(args, 0)?).is_some()))
}

/// A block of addresses (RFC 4632 §3.1, RFC 4291 §2.3).
#[derive(Clone, Copy)]
struct Block {
    ip: IpAddr,
    prefix: u32,
}

impl Block {
    fn parse(text: &str) -> Option<Self> {
        let (ip, prefix) = text.split_once('/')?;
        let digits = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit());
        let (ip, prefix) = (ip.parse().ok()?, prefix.parse().ok().filter(|_| digits)?);
        let block = Self { ip, prefix };
        (prefix <= Self::single(ip).prefix).then_some(block)
    }

    fn single(ip: IpAddr) -> Self {
        let prefix = if ip.is_ipv4() { 32 } else { 128 };
        Self { ip, prefix }
    }

    /// The address, in the upper bits.
    fn bits(self) -> u128 {
        match self.ip {
            IpAddr::V4(ip) => u128::from(ip.to_bits()) << 96,
            IpAddr::V6(ip) => ip.to_bits(),
        }
    }

    fn contains(self, other: Self) -> bool {
        let same_family = self.ip.is_ipv4() == other.ip.is_ipv4();
        let differing = self.bits() ^ other.bits();
        same_family && self.prefix <= other.prefix && differing.leading_zeros() >= self.prefix
    }
}

#[cfg(test)]
mod tests {
    use regorus::Value;

    #[test]
    fn a_block_contains_what_begins_like_it() {
        let contains = |block: &str, other: &str| {
            let args = [Value::from(block), Value::from(other)];
            super::contains(&args).map(|value| *value.as_bool().unwrap())
        };
        for (block, other) in [
            ("10.0.0.0/8", "10.255.1.2"),
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("0.0.0.0/0", "1.2.3.4"),
            ("2001:db8::/32", "2001:db8:1::1"),
            ("::/0", "::1/128"),
            ("10.0.0.1/32", "10.0.0.1"),
        ] {
            assert_eq!(contains(block, other), Some(true), "{block} {other}");
        }
        for (block, other) in [
            ("10.0.0.0/8", "11.0.0.0"),
            ("10.0.0.0/8", "0.0.0.0/0"),
            ("::/0", "1.2.3.4"),
            ("10.0.0.1/32", "10.0.0.0"),
        ] {
            assert_eq!(contains(block, other), Some(false), "{block} {other}");
        }
        for (block, other) in [
            ("10.0.0.0", "10.0.0.0"),
            ("10.0.0.0/33", "10.0.0.0"),
            ("10.0.0.0/+8", "10.0.0.0"),
            ("10.0.0.0/8", "x"),
        ] {
            assert_eq!(contains(block, other), None, "{block} {other}");
        }
    }
}
