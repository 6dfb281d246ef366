//! `POST /admin/v1/users:import`: makes many users.

mod line;

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use iam_identity::UserImport;

use super::wire::UserBody;
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};
use line::{Imported, MEDIA_TYPE, lines, parsed};

admin_route!(POST "/admin/v1/users:import", Access::Tenant("iam.users.write"), handle);

/// How many users are made in one unit of work.
const BATCH: usize = 500;

pub(crate) const OPERATION: Operation = Operation {
    id: "importUsers",
    summary: "Make many users",
    description: "One user per line, up to 10,000 lines and 10 MiB. Each is made whole or not at all, and what is wrong with one does not stand in the way of the others. The answer has a line for each: `created` with its id, or `failed` with a code and errors as `POST /admin/v1/users` would have, and at the end `finished`. Sending the same lines once more is safe: who is there is `already_exists`. Passwords should come as `password_hash`; at most 50 lines of one request may have a `password`, because hashing takes time.",
    kind: Kind::Act,
    query: &[],
    request: Some(Payload::of::<UserBody>(
        MEDIA_TYPE,
        r#"{"username": "dave", "emails": [{"address": "dave@example.com"}], "password_hash": "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"}
{"username": "alice"}"#,
    )),
    response: Some(Payload::of::<Imported>(
        MEDIA_TYPE,
        r#"{"status": "created", "line": 1, "id": "01990a5d-ac96-774b-bcce-b302099a8063"}
{"status": "failed", "line": 2, "code": "already_exists", "detail": "There is one with this id, name, address or external id already."}
{"status": "finished", "created": 1, "failed": 1}"#,
    )),
    errors: &[Code::PayloadTooLarge],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let body = call.call.body.lines(&call.call.headers)?;
    let lines = lines(&body)?;
    let mut import = UserImport::new(call.admin())?;
    let mut answer = Vec::new();
    for (index, batch) in lines.chunks(BATCH).enumerate() {
        let Err(problem) = add(&mut import, batch, &mut answer).await else {
            continue;
        };
        if let Some(line) = problem.log_line(&call.call.trace_id) {
            call.call.platform.log(&line);
        }
        // What comes after would meet with the same.
        let left = &lines[index * BATCH..];
        answer.extend(
            left.iter()
                .map(|(line, _)| Imported::failed(*line, &problem)),
        );
        break;
    }
    Ok(respond(answer))
}

/// Makes the users of these lines, and says of each line what became of it.
async fn add(
    import: &mut UserImport<'_>,
    batch: &[(usize, &[u8])],
    answer: &mut Vec<Imported>,
) -> Result<(), Problem> {
    let parsed: Vec<_> = batch.iter().map(|(_, text)| parsed(text)).collect();
    let mut specs = Vec::new();
    let mut refused = Vec::new();
    for spec in parsed {
        match spec {
            Ok(spec) => {
                specs.push(spec);
                refused.push(None);
            }
            Err(problem) => refused.push(Some(problem)),
        }
    }
    let mut made = import.add(specs).await?.into_iter();
    for ((line, _), refused) in batch.iter().zip(refused) {
        let outcome = match refused {
            Some(problem) => Err(problem),
            None => match made.next() {
                Some(made) => made.map_err(Problem::from),
                None => Err(Problem::new(Code::Internal)),
            },
        };
        answer.push(match outcome {
            Ok(id) => Imported::Created { line: *line, id },
            Err(problem) => Imported::failed(*line, &problem),
        });
    }
    Ok(())
}

fn respond(mut answer: Vec<Imported>) -> Response<Bytes> {
    let is_created = |line: &&Imported| matches!(line, Imported::Created { .. });
    let created = answer.iter().filter(is_created).count();
    answer.push(Imported::Finished {
        created,
        failed: answer.len() - created,
    });
    let mut body = Vec::new();
    for line in answer {
        // Our own types have string keys and no failing `Serialize`.
        body.extend(serde_json::to_vec(&line).unwrap_or_default());
        body.push(b'\n');
    }
    let mut response = Response::new(Bytes::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
