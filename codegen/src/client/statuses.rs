//! Statuses of answers, and what they are called.

use super::model::Status;

/// The status of a key of `responses`.
pub(super) fn status(key: &str) -> Option<Status> {
    match key.as_bytes() {
        b"default" => Some(Status::Default),
        [class @ b'1'..=b'5', b'X' | b'x', b'X' | b'x'] => Some(Status::Range(u16::from(class - b'0'))),
        [b'1'..=b'9', _, _] => key.parse().ok().map(Status::Exact),
        _ => None,
    }
}

/// What a status is called, by its reason phrase (RFC 9110 §15).
pub(super) fn status_name(status: Status) -> String {
    let code = match status {
        Status::Default => return "Default".to_owned(),
        Status::Range(class) => {
            let name = ["Informational", "Success", "Redirection", "ClientError", "ServerError"];
            return name[usize::from(class.clamp(1, 5)) - 1].to_owned();
        }
        Status::Exact(code) => code,
    };
    let name = match code {
        100 => "Continue",
        101 => "SwitchingProtocols",
        200 => "Ok",
        201 => "Created",
        202 => "Accepted",
        203 => "NonAuthoritativeInformation",
        204 => "NoContent",
        205 => "ResetContent",
        206 => "PartialContent",
        207 => "MultiStatus",
        300 => "MultipleChoices",
        301 => "MovedPermanently",
        302 => "Found",
        303 => "SeeOther",
        304 => "NotModified",
        307 => "TemporaryRedirect",
        308 => "PermanentRedirect",
        400 => "BadRequest",
        401 => "Unauthorized",
        402 => "PaymentRequired",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        406 => "NotAcceptable",
        408 => "RequestTimeout",
        409 => "Conflict",
        410 => "Gone",
        412 => "PreconditionFailed",
        413 => "ContentTooLarge",
        415 => "UnsupportedMediaType",
        422 => "UnprocessableContent",
        423 => "Locked",
        424 => "FailedDependency",
        429 => "TooManyRequests",
        500 => "InternalServerError",
        501 => "NotImplemented",
        502 => "BadGateway",
        503 => "ServiceUnavailable",
        504 => "GatewayTimeout",
        507 => "InsufficientStorage",
        other => return format!("Status{other}"),
    };
    name.to_owned()
}
