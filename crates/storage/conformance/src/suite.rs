/// One test for each case of a database. The argument names a function of the caller's that opens
/// a storage, migrated, and runs a case with it: `fn(impl AsyncFnOnce(&dyn Storage))`. A second one
/// is an attribute for every test, such as `ignore = "needs a server"`.
#[macro_export]
macro_rules! storage_conformance {
    ($with:ident) => {
        $crate::storage_conformance!($with, cfg(test));
    };
    ($with:ident, $attribute:meta) => {
        $crate::cases! { $with, pointer, $attribute:
            api_key {
                a_key_is_changed_and_removed
                a_key_is_found_with_its_tenant
                a_key_needs_a_tenant
                a_key_that_has_changed_is_stale
                another_tenants_key_is_absent
                key_ids_are_unique
                keys_are_listed_also_when_they_do_not_work
                of_many_who_add_or_change_one_key_one_succeeds
            }
            audit {
                events_are_added_all_or_none
                any_event_is_kept_as_it_is
            }
            audit_chain {
                events_get_their_places
                a_chain_that_has_grown_is_stale
                an_event_is_sealed_once
                each_tenant_has_its_own_chain
                of_many_who_seal_at_once_one_succeeds
                many_events_are_sealed_at_once
            }
            audit_list {
                events_are_listed_by_what_happened
                events_are_listed_by_outcome_and_time
            }
            change {
                changes_of_tenants_are_logged
                changes_of_users_are_logged
                changes_of_groups_are_logged
                changes_of_roles_are_logged
                changes_of_entries_and_policies_are_logged
                changes_of_clients_and_keys_are_logged
                a_change_without_its_event_is_not_made
            }
            client {
                a_client_is_found_by_its_id
                a_client_is_changed_and_removed
                a_client_belongs_to_the_tenant_it_is_added_to
                a_client_needs_a_tenant
                a_client_that_has_changed_is_stale
                a_client_is_kept_as_it_is
                another_tenants_client_is_absent
                client_ids_are_unique
                clients_are_listed_by_prefix
                of_many_who_add_one_client_one_succeeds
                of_many_who_change_one_client_one_succeeds
            }
            credential {
                a_password_is_found_by_its_user
                a_password_is_removed
                a_password_is_changed_together_with_its_user
                a_password_of_a_stale_user_is_not_changed
                a_rehash_does_not_undo_a_change_of_password
                a_rehash_replaces_the_hash_and_nothing_else
                another_tenants_password_is_absent
                of_many_who_change_one_password_one_succeeds
                of_many_who_rehash_one_password_one_succeeds
            }
            group {
                a_group_is_changed
                a_group_is_found_by_its_id_and_by_its_name
                a_group_needs_its_tenant_and_its_parent
                a_group_that_has_changed_is_stale
                another_tenants_group_is_absent
                group_ids_and_names_are_unique_in_the_tenant
                groups_are_listed_as_the_filter_says
                of_many_who_add_or_change_one_group_one_succeeds
            }
            group_member {
                a_removed_group_has_no_members_and_no_roles
                a_user_joins_and_leaves_any_number_of_times
                another_tenants_group_and_user_cannot_be_joined
                only_who_exists_joins_what_exists
            }
            group_tree {
                a_group_that_has_groups_in_it_is_in_use
                a_group_is_never_in_itself
                of_two_groups_one_at_most_gets_into_the_other
                of_many_groups_in_a_ring_one_stays
                roles_come_from_all_groups_above
            }
            idempotency {
                a_create_is_recognised_by_its_key
                a_create_that_failed_is_not_recognised
                a_second_create_with_the_same_key_leaves_nothing
                of_many_creates_with_one_key_one_succeeds
                old_records_are_purged
            }
            list {
                every_list_is_read_page_after_page
                another_tenants_objects_are_in_no_list
                a_page_goes_on_after_what_is_gone
                what_changes_meanwhile_disturbs_no_reader
                the_largest_page_is_full
            }
            message {
                a_message_is_kept_as_it_is
                a_message_needs_its_user
                what_is_due_is_claimed
                many_who_claim_at_once_get_each_message_once
                a_claim_ends
                of_many_who_retry_one_message_one_succeeds
                expired_messages_are_purged
                a_message_goes_with_its_change
                who_is_removed_gets_no_message
            }
            one_time_code {
                a_code_is_found_by_its_digest
                a_code_needs_its_user
                of_many_who_spend_one_code_one_succeeds
                a_spent_code_ends_all_for_its_purpose
                a_code_is_spent_with_what_it_allows
                another_tenants_code_is_not_spent
                codes_are_counted_from_a_time_on
                expired_codes_are_purged
                who_is_removed_has_no_codes
            }
            permission {
                an_entry_is_changed_and_removed
                an_entry_needs_a_tenant
                an_entry_that_has_changed_is_stale
                an_entry_that_a_role_names_is_in_use
                another_tenants_entry_is_absent
                entries_are_listed_by_prefix
                missing_permissions_are_named
                of_many_who_add_or_change_one_entry_one_succeeds
            }
            policy {
                a_policy_gets_the_next_number
                a_policy_needs_a_tenant
                a_policy_is_activated_and_rolled_back
                a_stale_activation_changes_nothing
                a_policy_that_is_active_or_was_is_in_use
                another_tenants_policy_is_absent
                many_that_are_added_at_once_get_one_number_each
                of_many_who_activate_one_succeeds
            }
            principal {
                a_login_reads_all_it_needs
                a_login_that_finds_nothing_says_what_it_did_not_find
                a_principal_is_as_it_now_is
                a_user_without_password_or_roles_is_a_principal
                a_deleted_user_is_a_principal
                a_client_is_found_with_its_tenant
                another_tenants_client_is_absent
                another_tenants_user_is_absent
                roles_and_permissions_are_sorted_and_have_no_repeats
                roles_of_one_name_in_two_tenants_are_kept_apart
                usernames_fold_at_login
            }
            principal_grants {
                groups_are_paths_from_the_top
                roles_come_by_all_ways
                a_group_that_moves_changes_roles
                the_active_policy_is_read_with_the_user
                grants_in_two_tenants_are_kept_apart
            }
            recovery_code {
                a_recovery_code_is_not_taken_without_its_event
                a_recovery_code_is_taken_once
                a_set_that_is_used_up_is_not_listed
                of_many_who_bring_one_recovery_code_one_gets_it
                replaced_codes_stop_working
            }
            reseal {
                a_reseal_leaves_alone_what_has_changed
                a_reseal_replaces_the_secret_and_nothing_else
                what_is_sealed_otherwise_is_listed
            }
            role {
                a_role_is_changed
                a_role_is_found_by_its_id_and_by_its_name
                a_role_needs_a_tenant
                a_role_that_cannot_be_added_leaves_nothing_behind
                a_role_that_has_changed_is_stale
                another_tenants_role_is_absent
                of_many_who_change_one_role_one_succeeds
                permissions_and_named_roles_are_sets
                role_ids_and_names_are_unique_in_the_tenant
            }
            role_grant {
                a_role_is_assigned_and_unassigned_any_number_of_times
                a_removed_role_is_taken_from_all_who_have_it
                another_tenants_role_and_user_cannot_be_joined
                only_what_exists_is_assigned
                roles_are_listed_as_the_filter_says
            }
            role_tree {
                a_role_that_another_names_is_in_use
                a_role_never_includes_itself
                of_many_roles_in_a_ring_one_stays
                a_diamond_of_roles_is_one_set
                permissions_are_those_of_all_roles_one_has
                assignable_roles_come_from_all_roles_one_has
            }
            second_factor {
                a_code_is_accepted_once
                a_key_is_enrolled_together_with_its_codes
                an_enrolment_takes_the_place_of_the_one_before
                an_enrolment_that_fails_changes_nothing
                another_tenants_second_factor_is_absent
                of_many_who_bring_one_code_one_is_let_in
                recovery_codes_go_with_their_key
            }
            session {
                a_session_is_ended
                a_session_needs_its_user
                of_many_who_end_one_session_one_does
                who_is_removed_has_no_ended_sessions
            }
            storage {
                a_migrated_storage_answers
                migrations_run_again_and_at_once
            }
            tenant {
                a_change_counts_a_version
                a_tenant_is_found_by_its_id_and_by_its_name
                a_tenant_that_has_changed_is_stale
                any_display_name_is_kept_as_it_is
                any_settings_are_kept_as_they_are
                any_time_is_kept_as_it_is
                of_many_who_add_one_name_one_succeeds
                of_many_who_change_one_version_one_succeeds
                tenant_ids_and_names_are_unique
                tenants_are_listed_as_the_filter_says
            }
            tenant_remove {
                a_removed_tenant_leaves_nothing_behind
                a_removal_of_a_tenant_leaves_the_others_alone
                a_tenant_is_not_removed_into_its_own_log
                what_is_added_to_a_tenant_that_goes_is_gone
            }
            user {
                a_change_counts_a_version
                a_user_is_found_by_its_id_and_by_its_name
                a_user_is_added_with_their_password_or_not_at_all
                a_user_needs_a_tenant
                a_user_that_has_changed_is_stale
                another_tenants_user_is_absent
                of_many_who_add_one_name_one_succeeds
                of_many_who_change_one_version_one_succeeds
                one_username_is_free_in_another_tenant
                user_ids_are_unique_in_the_tenant
                usernames_compare_by_their_key
            }
            user_attribute {
                users_are_listed_by_attribute
            }
            user_bulk {
                of_many_users_those_are_added_whose_names_are_free
                of_those_who_are_left_out_nothing_is_left
                nobody_is_added_to_what_does_not_exist
                an_import_is_not_recognised_by_a_key
                what_two_add_at_once_is_added_once
            }
            user_list {
                users_are_listed_by_status
                users_are_listed_by_prefix_of_the_key
                users_are_listed_by_what_they_have
                users_are_listed_for_whom_all_of_a_filter_holds
            }
            user_names {
                a_user_is_found_by_each_address
                addresses_are_unique_in_the_tenant
                an_address_is_once_in_a_user
                external_ids_are_unique_in_their_system
                what_a_user_gives_up_is_free
                a_deleted_user_keeps_its_names
                of_many_who_take_one_address_or_id_one_succeeds
            }
            user_remove {
                a_removed_user_leaves_nothing_behind
                a_removed_user_leaves_no_origins_in_the_log
                a_removal_leaves_other_tenants_alone
                users_that_were_deleted_before_a_time_are_found
            }
            user_text {
                any_username_is_kept_as_it_is
                any_attributes_are_kept_as_they_are
                any_details_are_kept_as_they_are
            }
        }
    };
}
