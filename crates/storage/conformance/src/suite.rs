/// One test for each case of a database. The argument names a function of the caller's that opens
/// a storage, migrated, and runs a case with it: `fn(impl AsyncFnOnce(&dyn Storage))`.
#[macro_export]
macro_rules! storage_conformance {
    ($with:ident) => {
        $crate::cases! { $with:
            client {
                a_client_is_found_by_its_id
                a_client_needs_a_tenant
                a_client_without_a_scope_and_one_with_a_login_page_are_kept_as_they_are
                client_ids_are_unique
                of_many_who_add_one_client_one_succeeds
            }
            credential {
                a_password_is_found_by_its_user
                a_password_needs_a_user_of_the_tenant
                a_rehash_does_not_undo_a_change_of_password
                a_rehash_replaces_the_hash_and_nothing_else
                a_user_has_one_password_at_most
                another_tenants_password_is_absent
                of_many_who_rehash_one_password_one_succeeds
            }
            principal {
                a_login_reads_all_it_needs
                a_login_that_finds_nothing_says_what_it_did_not_find
                a_principal_is_as_it_now_is
                a_user_without_password_or_roles_is_a_principal
                another_tenants_client_is_absent
                another_tenants_user_is_absent
                roles_and_permissions_are_sorted_and_have_no_repeats
                roles_of_one_name_in_two_tenants_are_kept_apart
                usernames_fold_at_login
            }
            role {
                a_role_is_assigned_and_unassigned_any_number_of_times
                a_role_is_found_by_its_name
                a_role_needs_a_tenant
                a_role_that_cannot_be_added_leaves_nothing_behind
                another_tenants_role_and_user_cannot_be_joined
                only_what_exists_is_assigned
                permissions_are_a_set
                role_ids_and_names_are_unique_in_the_tenant
            }
            storage {
                a_migrated_storage_answers
                migrations_run_again_and_at_once
            }
            tenant {
                a_status_change_counts_a_version
                a_tenant_is_found_by_its_id_and_by_its_name
                a_tenant_that_has_changed_is_stale
                any_display_name_is_kept_as_it_is
                any_time_is_kept_as_it_is
                of_many_who_add_one_name_one_succeeds
                of_many_who_change_one_version_one_succeeds
                tenant_ids_and_names_are_unique
            }
            user {
                a_status_change_counts_a_version
                a_user_is_found_by_its_id_and_by_its_name
                a_user_is_enrolled_with_their_password_or_not_at_all
                a_user_needs_a_tenant
                a_user_that_has_changed_is_stale
                another_tenants_user_is_absent
                any_username_is_kept_as_it_is
                of_many_who_add_one_name_one_succeeds
                of_many_who_change_one_version_one_succeeds
                one_username_is_free_in_another_tenant
                user_ids_are_unique_in_the_tenant
                usernames_compare_by_their_key
            }
        }
    };
}

/// One test for each case of an ephemeral store. The argument names a function of the caller's
/// that opens a store and runs a case with it and with a way to let time pass:
/// `fn(impl AsyncFnOnce(&dyn EphemeralStore, &Wait))`.
#[macro_export]
macro_rules! ephemeral_conformance {
    ($with:ident) => {
        $crate::cases! { $with:
            ephemeral {
                a_counter_counts_one_window
                a_counter_is_a_value_too
                a_store_answers
                a_value_is_added_once
                a_value_is_put_over_another
                a_value_is_taken_once
                a_value_that_is_no_counter_is_left_as_it_is
                any_key_and_value_are_kept_as_they_are
                many_who_count_at_once_are_all_counted
                of_many_who_add_one_key_one_succeeds
                of_many_who_take_one_value_one_gets_it
                what_is_not_there_is_absent
                what_is_put_over_another_lives_its_own_time
                what_is_too_old_is_gone
            }
        }
    };
}

/// The tests that the two macros above come down to.
#[doc(hidden)]
#[macro_export]
macro_rules! cases {
    ($with:ident: $($module:ident { $($case:ident)+ })+) => {$(
        mod $module {
            $(
                #[test]
                fn $case() {
                    super::$with($crate::$module::$case);
                }
            )+
        }
    )+};
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_case_is_in_the_suite() {
        let suite = include_str!("suite.rs");
        for (module, source) in [
            ("client", include_str!("client.rs")),
            ("credential", include_str!("credential.rs")),
            ("ephemeral", include_str!("ephemeral.rs")),
            ("principal", include_str!("principal.rs")),
            ("role", include_str!("role.rs")),
            ("storage", include_str!("storage.rs")),
            ("tenant", include_str!("tenant.rs")),
            ("user", include_str!("user.rs")),
        ] {
            let listed = suite
                .split_once(&format!("            {module} {{\n"))
                .unwrap()
                .1;
            let listed = listed.split_once('}').unwrap().0;
            let listed: Vec<_> = listed.split_whitespace().collect();
            let cases = source
                .lines()
                .filter_map(|line| line.strip_prefix("pub async fn "));
            let cases: Vec<_> = cases
                .filter_map(|line| Some(line.split_once('(')?.0))
                .collect();
            assert_eq!(listed, cases, "{module}");
        }
    }
}
