use crate::{ConfigError, Lookup, optional};

/// The cost of one Argon2id hash (RFC 9106).
///
/// The default is one of the parameter sets that the OWASP Password Storage Cheat Sheet calls
/// equal; it is the one that needs the least memory, which an edge host has the least of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PasswordParameters {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
}

impl Default for PasswordParameters {
    fn default() -> Self {
        Self {
            memory_kib: 7168,
            iterations: 5,
            parallelism: 1,
        }
    }
}

impl PasswordParameters {
    /// Reads the parameters through `lookup`; a variable that is not set keeps its default.
    pub fn from_variables(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let default = Self::default();
        let parameters = Self {
            memory_kib: number(
                lookup,
                "password_memory_kib",
                default.memory_kib,
                7168..=65536,
            )?,
            iterations: number(lookup, "password_iterations", default.iterations, 1..=20)?,
            parallelism: number(lookup, "password_parallelism", default.parallelism, 1..=4)?,
        };
        // OWASP's sets trade memory for passes; a set below all of them is a mistake, not a choice.
        let floor = [(47104, 1), (19456, 2), (12288, 3), (9216, 4), (7168, 5)];
        if floor
            .iter()
            .any(|&(m, t)| parameters.memory_kib >= m && parameters.iterations >= t)
        {
            return Ok(parameters);
        }
        Err(ConfigError::Invalid {
            name: "password_iterations",
            wants: "at least 5 passes with 7168 KiB, 4 with 9216, 3 with 12288, 2 with 19456 or 1 with 47104",
        })
    }
}

fn number(
    lookup: Lookup<'_>,
    name: &'static str,
    default: u32,
    range: std::ops::RangeInclusive<u32>,
) -> Result<u32, ConfigError> {
    let Some(text) = optional(lookup, name) else {
        return Ok(default);
    };
    text.parse()
        .ok()
        .filter(|n| range.contains(n))
        .ok_or(ConfigError::Invalid {
            name,
            wants: match name {
                "password_memory_kib" => "a number of KiB from 7168 to 65536",
                "password_iterations" => "a number of passes from 1 to 20",
                _ => "a number of lanes from 1 to 4",
            },
        })
}

#[cfg(test)]
mod tests {
    use super::PasswordParameters;

    fn read(memory: &str, iterations: &str) -> Option<PasswordParameters> {
        let lookup = |name: &str| match name {
            "password_memory_kib" => Some(memory.to_owned()),
            "password_iterations" => Some(iterations.to_owned()),
            _ => None,
        };
        PasswordParameters::from_variables(&lookup).ok()
    }

    #[test]
    fn parameters_below_every_owasp_set_are_refused() {
        assert_eq!(read("", ""), Some(PasswordParameters::default()));
        assert!(read("19456", "2").is_some());
        assert!(read("7168", "4").is_none());
        assert!(read("4096", "10").is_none());
        assert!(read("many", "5").is_none());
    }
}
