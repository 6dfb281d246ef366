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
                many_counters_are_asked_for_at_once
                among_counters_a_value_that_is_none_is_an_error
                values_are_replaced_together
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

/// One test for each fault of a connection. The argument names a function of the caller's that
/// opens a storage in two ways and runs a case with them: `fn(impl AsyncFnOnce(&Wires<'_>))`.
#[macro_export]
macro_rules! fault_conformance {
    ($with:ident) => {
        $crate::cases! { $with:
            fault {
                a_user_is_added_whole_or_not_at_all
                a_password_is_changed_whole_or_not_at_all
                an_import_is_done_whole_or_not_at_all
                a_silent_connection_is_given_up
            }
        }
    };
}

/// One test for each end of a server. The argument names a function of the caller's that starts a
/// server of its own and runs a case with it: `fn(impl AsyncFnOnce(&Mortal<'_>))`.
#[macro_export]
macro_rules! restart_conformance {
    ($with:ident) => {
        $crate::cases! { $with:
            restart {
                what_was_done_is_there_after_a_crash
            }
        }
    };
}

/// One test for each case of moving. The argument names a function of the caller's that opens a
/// database, migrated, in two ways and runs a case with them:
/// `fn(impl AsyncFnOnce(&dyn Storage, &dyn Transfer))`.
#[macro_export]
macro_rules! transfer_conformance {
    ($with:ident) => {
        $crate::cases! { $with:
            transfer {
                rows_are_exported_in_the_order_of_their_keys
                what_was_exported_comes_back_as_it_was
                a_row_that_is_there_stays_as_it_is
                a_row_with_another_content_is_refused_with_all_that_came_with_it
                rows_are_counted
            }
        }
    };
}

/// One test for each promise of a SQL transport. The argument names a function of the caller's that
/// runs a case with what opens a database, which others may use too:
/// `fn(impl AsyncFnOnce(Open<'_>))`.
#[macro_export]
macro_rules! sql_conformance {
    ($with:ident) => {
        $crate::sql_conformance!($with, cfg(test));
    };
    ($with:ident, $attribute:meta) => {
        $crate::cases! { $with, as_it_is, $attribute:
            sql_transport {
                a_guard_that_does_not_hold_undoes_the_unit_before_and_after_it
                a_statement_that_fails_undoes_the_unit_before_it
                an_error_does_not_repeat_parameters
                each_statement_of_a_unit_has_its_rows
                errors_are_told_apart
                of_many_units_at_once_each_is_done_as_if_it_were_alone
                values_come_back_as_they_went
            }
        }
    };
}

/// One test for each thing that becomes of the schema of a SQL database, and of what is in it. The
/// argument is as for [`sql_conformance!`], and the database is empty.
#[macro_export]
macro_rules! schema_conformance {
    ($with:ident) => {
        $crate::cases! { $with:
            sql_schema {
                a_database_that_a_newer_program_has_migrated_is_refused
                a_database_whose_schema_came_from_an_edited_migration_is_refused
                an_empty_database_has_no_schema
                of_programs_that_migrate_at_once_one_makes_the_schema_and_all_succeed
            }
            upgrade {
                the_steps_that_were_taken_are_known
                who_could_log_in_before_an_upgrade_can_log_in_after_it
                what_there_was_can_be_changed_after_an_upgrade
                an_upgraded_database_is_exported_as_one_of_this_version
            }
        }
    };
}

/// The tests that the macros come down to.
#[doc(hidden)]
#[macro_export]
macro_rules! cases {
    ($with:ident: $($module:ident { $($case:ident)+ })+) => {
        $crate::cases! { $with, as_it_is, cfg(test): $($module { $($case)+ })+ }
    };
    ($with:ident, $form:ident, $attribute:meta: $($module:ident { $($case:ident)+ })+) => {$(
        mod $module {
            $(
                #[test]
                #[$attribute]
                fn $case() {
                    super::$with($crate::case!($form, $crate::$module::$case));
                }
            )+
        }
    )+};
}

/// A case as it is handed over. Those of a storage all have the same type, so that what opens one
/// for them is compiled once and not for each of some hundred.
#[doc(hidden)]
#[macro_export]
macro_rules! case {
    (as_it_is, $case:path) => {
        $case
    };
    (pointer, $case:path) => {{
        fn run(storage: &dyn iam_storage_ports::Storage) -> $crate::Running<'_> {
            Box::pin($case(storage))
        }
        run as fn(&dyn iam_storage_ports::Storage) -> $crate::Running<'_>
    }};
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    macro_rules! sources {
        ($($module:ident)+) => {
            [$((stringify!($module), include_str!(concat!(stringify!($module), ".rs"))),)+]
        };
    }

    #[test]
    fn every_case_is_in_a_suite() {
        let sources = sources! {
            api_key audit audit_chain audit_list change client credential ephemeral fault group
            group_member group_tree idempotency list message one_time_code permission policy
            principal principal_grants recovery_code reseal restart role role_grant role_tree
            second_factor session sql_schema sql_transport storage tenant tenant_remove transfer upgrade
            user user_attribute user_bulk user_list user_names user_remove user_text
        };
        let suites = [include_str!("suite.rs"), include_str!("cases.rs")].concat();
        for (module, source) in sources {
            let head = format!("\n            {module} {{\n");
            let listed = suites.split_once(&head).expect(module).1;
            let listed = listed.split_once('}').unwrap().0.split_whitespace();
            let listed: BTreeSet<_> = listed.collect();
            let cases = source
                .lines()
                .filter_map(|line| line.strip_prefix("pub async fn "));
            let cases = cases.map(|line| line.split_once('(').expect(line).0);
            let cases = cases.collect();
            assert_eq!(listed, cases, "{module} has other cases than its list");
        }
        let modules = include_str!("lib.rs").lines();
        let modules = modules.filter_map(|line| line.strip_prefix("pub mod "));
        let modules = modules.map(|line| line.trim_end_matches(';'));
        assert!(
            modules.eq(sources.map(|(module, _)| module)),
            "all modules are looked at"
        );
    }
}
