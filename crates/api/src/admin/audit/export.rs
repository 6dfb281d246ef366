//! `GET /admin/v1/audit-events:export`: the audit log as lines of JSON.

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use iam_identity::{EventExport, export_events};
use serde::Serialize;

use super::wire::{AuditEventView, End, FROM, Line, UNTIL, times};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Parameter, Payload},
    },
    problem::Problem,
    query::encode_cursor,
};

admin_route!(GET "/admin/v1/audit-events:export", Access::Tenant("iam.audit.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "exportAuditEvents",
    summary: "Export what happened",
    description: "The oldest first, one event a line, 5,000 at most. The last line is another: its `end` says where to go on, and what the end of the chain is. Keep that elsewhere: `:verify` tells later whether the log still holds it.",
    kind: Kind::Read,
    query: &[
        FROM,
        UNTIL,
        Parameter {
            name: "cursor",
            description: "The `next_cursor` of the export before.",
            example: "MDE5OTBhNWQtYWM5Ni03NzRiLWJjY2UtYjMwMjA5OWE4MDcw",
        },
    ],
    request: None,
    response: Some(Payload::of::<Line>("application/x-ndjson", LINES)),
    errors: &[],
};

const LINES: &str = concat!(
    super::wire::example!(),
    "\n",
    r#"{"end":{"events":1,"sequence":1,"head":"0b1cf4fc8e0f9ad2a53a4fbbbd1c4a77d3a59a6ed5a9d8aa1b6c1e3a1e0b3c55"}}"#,
    "\n",
);

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let filter = times(&mut call.query);
    let after = call.query.cursor();
    call.query.finish()?;
    let export = export_events(&call.admin(), &filter, after).await?;
    let mut response = Response::new(lines(export)?);
    let headers = response.headers_mut();
    let ndjson = HeaderValue::from_static("application/x-ndjson");
    headers.insert(header::CONTENT_TYPE, ndjson);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn lines(export: EventExport) -> Result<Bytes, Problem> {
    let end = Line::End {
        end: End {
            events: export.events.len(),
            sequence: export.head.sequence,
            head: export.head.hash,
            next_cursor: export.next.as_deref().map(encode_cursor),
        },
    };
    let events = export.events.into_iter().map(AuditEventView::from);
    let mut text = Vec::new();
    for line in events.map(|event| Line::Event(Box::new(event))) {
        push(&mut text, &line)?;
    }
    push(&mut text, &end)?;
    Ok(text.into())
}

fn push(text: &mut Vec<u8>, line: &impl Serialize) -> Result<(), Problem> {
    let failed = |error| Problem::new(Code::Internal).cause(&error);
    serde_json::to_writer(&mut *text, line).map_err(failed)?;
    text.push(b'\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use iam_identity::{EventExport, Link};
    use serde_json::{Value, json};

    use super::lines;

    #[test]
    fn the_last_line_says_where_the_export_ended() {
        let export = EventExport {
            events: Vec::new(),
            next: Some("a/b".to_owned()),
            head: Link::start(),
        };
        let text = lines(export).ok().unwrap();
        let text = text.strip_suffix(b"\n").unwrap();
        let expected = json!({
            "end": {"events": 0, "sequence": 0, "head": "0".repeat(64), "next_cursor": "YS9i"},
        });
        assert_eq!(serde_json::from_slice::<Value>(text).unwrap(), expected);
    }
}
