//! `/admin/v1/encryption-keys`: the keys that stored secrets are encrypted with, which all tenants
//! share. The keys themselves are in the configuration, and are told nobody.

pub(super) mod reseal;
