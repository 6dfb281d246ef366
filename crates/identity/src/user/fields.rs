use iam_model::{User, UserDetails};

/// The names of the fields that are not alike, for the audit log: the values stay out of it.
pub(super) fn changed(before: &User, after: &User) -> Vec<&'static str> {
    let mut fields = different(&before.details, &after.details);
    let named = [
        ("status", before.status != after.status),
        ("username", before.username != after.username),
    ];
    fields.extend(true_ones(&named));
    fields
}

/// The names of the fields in which there is something.
pub(super) fn filled(details: &UserDetails) -> Vec<&'static str> {
    different(&UserDetails::default(), details)
}

fn different(a: &UserDetails, b: &UserDetails) -> Vec<&'static str> {
    let fields = [
        ("attributes", a.attributes != b.attributes),
        ("emails", a.emails != b.emails),
        ("external_ids", a.external_ids != b.external_ids),
        (
            "password_change_required",
            a.password_change_required != b.password_change_required,
        ),
        ("phone", a.phone != b.phone),
        ("private_metadata", a.private_metadata != b.private_metadata),
        ("profile", a.profile != b.profile),
        ("public_metadata", a.public_metadata != b.public_metadata),
    ];
    true_ones(&fields).collect()
}

pub(super) fn true_ones(fields: &[(&'static str, bool)]) -> impl Iterator<Item = &'static str> {
    fields
        .iter()
        .filter(|(_, holds)| *holds)
        .map(|(name, _)| *name)
}
