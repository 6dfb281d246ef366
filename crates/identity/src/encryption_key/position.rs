use std::fmt;

use iam_model::{TenantId, TenantStatus};

use crate::IdentityError;

/// How far a walk through all tenants' secrets has come: first those that are not deleted, then
/// those that are, which could be restored.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Position {
    deleted: bool,
    /// The last tenant that is done.
    pub(super) after: Option<TenantId>,
    /// The tenant that is not done, and the key of the last of its secrets that is.
    pub(super) within: Option<(TenantId, String)>,
}

impl Position {
    /// Reads what [`Display`](fmt::Display) writes; nothing is the start.
    pub(super) fn parse(text: Option<&str>) -> Result<Self, IdentityError> {
        let Some(text) = text else {
            return Ok(Self::default());
        };
        read(text).ok_or_else(|| IdentityError::invalid("/cursor", "is not one that was given out"))
    }

    /// The status of the tenants to look at.
    pub(super) fn status(&self) -> Option<TenantStatus> {
        self.deleted.then_some(TenantStatus::Deleted)
    }

    /// Goes on with the deleted tenants, unless that was it.
    pub(super) fn go_on_with_deleted(&mut self) -> bool {
        if self.deleted {
            return false;
        }
        *self = Self {
            deleted: true,
            ..Self::default()
        };
        true
    }
}

fn read(text: &str) -> Option<Position> {
    let [deleted, after, tenant, credential] =
        text.split('/').collect::<Vec<_>>().try_into().ok()?;
    let id = |text: &str| text.parse::<TenantId>().ok();
    Some(Position {
        deleted: deleted.parse().ok()?,
        after: match after {
            "" => None,
            after => Some(id(after)?),
        },
        within: match tenant {
            "" => None,
            tenant => Some((id(tenant)?, credential.to_owned())),
        },
    })
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.deleted)?;
        if let Some(after) = &self.after {
            write!(f, "{after}")?;
        }
        match &self.within {
            Some((tenant, credential)) => write!(f, "/{tenant}/{credential}"),
            None => f.write_str("//"),
        }
    }
}

#[cfg(test)]
mod tests {
    use iam_model::{TenantId, Timestamp};

    use super::Position;

    fn id(byte: u8) -> TenantId {
        TenantId::generate(Timestamp::default(), [byte; 10])
    }

    #[test]
    fn a_position_is_read_as_it_was_written() {
        assert_eq!(Position::parse(None).unwrap(), Position::default());
        for deleted in [false, true] {
            for after in [None, Some(id(1))] {
                for within in [None, Some((id(2), "a-key".to_owned()))] {
                    let within = within.clone();
                    let position = Position {
                        deleted,
                        after,
                        within,
                    };
                    let text = position.to_string();
                    assert_eq!(Position::parse(Some(&text)).unwrap(), position, "{text}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_position_is_refused() {
        let tenant = id(1);
        for text in [
            String::new(),
            "false".to_owned(),
            "false///x/".to_owned(),
            "maybe///".to_owned(),
            "false/nobody//".to_owned(),
            "false//nobody/x".to_owned(),
            tenant.to_string(),
        ] {
            assert!(Position::parse(Some(&text)).is_err(), "{text}");
        }
    }
}
