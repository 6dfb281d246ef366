//! Tokens and keys as a real Hydra 2.3.0 made them for `iam`; of the installation nothing is left.

use iam_model::Timestamp;

use super::{Expected, InvalidToken, JwkSet, verify_access_token};

const ISSUER: &str = "http://127.0.0.1:37623";

const KEYS: &str = r#"{"keys":[
    {"use":"sig","kty":"EC","kid":"TojznJQK_DtQj-0tHDSMs0hwc0StKqdTnKt-7wQa0JM","crv":"P-256","alg":"ES256",
     "x":"z5FqYkWb86HGt321Gv4GY8UUASUgRGzBu4DTkCtoE-o","y":"ZBcNfm1Lw3MVWZUujCCegStwLb89_divzXiXP-7i64A"},
    {"use":"sig","kty":"EC","kid":"HdKsRMk8QePtHwT_t2FKCnc05JV9ks2NJtQhqv_xU6I","crv":"P-256","alg":"ES256",
     "x":"QkUIPo-URC3kL63hlK9IGx6QlIqz-TnEdWLEdq9JrJM","y":"rgxyADHVXyra88hkgwQcPqXRTTFYBtIW8fp06C4IXj8"}]}"#;

const ACCESS_TOKEN: &str = "\
    eyJhbGciOiJFUzI1NiIsImtpZCI6IlRvanpuSlFLX0R0UWotMHRIRFNNczBod2MwU3RLcWRUbkt0LTd3UWEwSk0iLCJ0eXAi\
    OiJKV1QifQ.eyJhY3IiOiJwd2QiLCJhbXIiOlsicHdkIl0sImF1ZCI6WyJodHRwOi8vMTI3LjAuMC4xOjM3NjIzIl0sImNsa\
    WVudF9pZCI6ImRlbW8tYXBwIiwiZXhwIjoxNzk1NTU5ODYwLCJpYXQiOjE3OTU1NTg5NjAsImlzcyI6Imh0dHA6Ly8xMjcuM\
    C4wLjE6Mzc2MjMiLCJqdGkiOiIwMmZjOGYxNi00MmQyLTQ3MmItYjY1MS01ZWI0NjI5MzAzMjIiLCJuYmYiOjE3OTU1NTg5N\
    jAsInBlcm1pc3Npb25zIjpbIm9yZGVyLnJlYWQiLCJvcmRlci53cml0ZSJdLCJyb2xlcyI6WyJjbGVyayJdLCJzY29wZSI6I\
    m9mZmxpbmVfYWNjZXNzIG9wZW5pZCBwcm9maWxlIiwic3ViIjoiMDFhMjBmYTctNmNmNy03ZjYwLWJjMzUtZGUxOTAwNzg1N\
    2M1IiwidGVuYW50IjoiZGVtbyJ9.CZKtIoE_gArCcjQH3JgbaLmt_Zchnb4e8IqAp8_b-m3nb1VPoqwTuzILckgAVYbVr1oo\
    MKnpbZa_vOZlGQ60WA";

const ID_TOKEN: &str = "\
    eyJhbGciOiJFUzI1NiIsImtpZCI6IkhkS3NSTWs4UWVQdEh3VF90MkZLQ25jMDVKVjlrczJOSnRRaHF2X3hVNkkiLCJ0eXAi\
    OiJKV1QifQ.eyJhY3IiOiJwd2QiLCJhbXIiOlsicHdkIl0sImF0X2hhc2giOiJxMnI1bHNnLTFFOUxXSnBtaktWMUl3IiwiY\
    XVkIjpbImRlbW8tYXBwIl0sImF1dGhfdGltZSI6MTc5NTU1ODk2MCwiZXhwIjoxNzk1NTU5ODYwLCJpYXQiOjE3OTU1NTg5N\
    jAsImlzcyI6Imh0dHA6Ly8xMjcuMC4wLjE6Mzc2MjMiLCJqdGkiOiI0YTQyOGVhMC0xMjQyLTRmOTktYjNhZC1kOTI4ZjJhN\
    zA5Y2MiLCJwcmVmZXJyZWRfdXNlcm5hbWUiOiJhbGljZSIsInJhdCI6MTc5NTU1ODk2MCwic2lkIjoiZjgxODQxZjEtNTU4M\
    i00NTMzLTk5OTctYmE0N2FhN2RkNTlhIiwic3ViIjoiMDFhMjBmYTctNmNmNy03ZjYwLWJjMzUtZGUxOTAwNzg1N2M1Iiwid\
    GVuYW50IjoiZGVtbyJ9.fqmkNYldoZwEWzV1yAlxL4TbHmKzn9KU5EjqrdZrJJ6EPeRXRf-ToXksqPC7yI3groXlZauN_sbn\
    vaa89719yg";

fn at() -> Timestamp {
    Timestamp::from_millis(1_795_558_960_000)
}

fn keys() -> JwkSet {
    serde_json::from_str(KEYS).unwrap()
}

#[test]
fn an_access_token_of_hydra_is_accepted() {
    let expected = Expected {
        issuer: ISSUER,
        audience: ISSUER,
    };
    let token = verify_access_token(ACCESS_TOKEN, &keys(), &expected, at()).unwrap();
    assert_eq!(token.subject, "01a20fa7-6cf7-7f60-bc35-de19007857c5");
    assert_eq!(token.client_id.as_str(), "demo-app");
    assert_eq!(token.tenant.as_str(), "demo");
    assert_eq!(token.permissions.len(), 2);
    assert!(token.scope.contains("offline_access"));
}

#[test]
fn an_id_token_of_hydra_is_not_even_if_its_audience_is_asked_for() {
    for audience in [ISSUER, "demo-app"] {
        let expected = Expected {
            issuer: ISSUER,
            audience,
        };
        let outcome = verify_access_token(ID_TOKEN, &keys(), &expected, at());
        assert_eq!(outcome, Err(InvalidToken::Claims), "{audience}");
    }
}
