use iam_auth::{Credentials, Device, DeviceDigest};
use iam_model::{Secret, Username};

use crate::{
    fields::{Complete, Field, Fields},
    problem::Problem,
};

/// Who logs in, with what, and on which device: what both kinds of logins have.
pub(super) struct Proof {
    username: Field<Username>,
    password: Field<Secret<String>>,
    device_token: Field<Option<Secret<String>>>,
    remember_device: Field<Option<bool>>,
}

impl Proof {
    pub(super) fn read(fields: &mut Fields) -> Self {
        Self {
            username: fields.required("username"),
            password: fields.secret("password"),
            device_token: fields.take("device_token"),
            remember_device: fields.take("remember_device"),
        }
    }

    pub(super) fn open(self, complete: &Complete) -> Result<(Credentials, Device), Problem> {
        let credentials = Credentials {
            username: self.username.open(complete)?,
            password: self.password.open(complete)?,
        };
        let device = Device {
            digest: self
                .device_token
                .open(complete)?
                .as_ref()
                .and_then(DeviceDigest::of),
            remember: self.remember_device.open(complete)?.unwrap_or_default(),
        };
        Ok((credentials, device))
    }
}
