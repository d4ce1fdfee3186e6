//! The reason why a call cannot go on, by the core's numbers.

use scf_invoke_core::error::ProtocolError;
use scf_invoke_core::reply::ReplyError;
use scf_invoke_core::request::RequestError;
use scf_invoke_core::request::invocation::InvocationError;
use scf_invoke_core::sign::credential::CredentialError;

use crate::status::Status;

/// A status and what goes with it, filled in where it is kept.
pub(crate) struct Problem {
    pub(crate) status: Status,
    pub(crate) needed: usize,
    pub(crate) offset: u64,
    pub(crate) name: &'static [u8],
}

impl Problem {
    /// No problem.
    pub(crate) const NONE: Self = Self { status: Status::Ok, needed: 0, offset: 0, name: b"" };

    pub(crate) fn credential(&mut self, error: CredentialError) -> Status {
        let (CredentialError::Empty(part) | CredentialError::Character(part)) = error;
        self.name = part.as_str().as_bytes();
        self.status = Status::numbered(error.code());
        self.status
    }

    #[inline(never)]
    pub(crate) fn request(&mut self, error: &RequestError) -> Status {
        match *error {
            RequestError::Invocation(
                InvocationError::Empty(parameter) | InvocationError::Control(parameter),
            ) => self.name = parameter.as_str().as_bytes(),
            RequestError::Event(invalid) => self.offset = invalid.offset as u64,
            RequestError::Buffer { needed } => self.needed = needed,
            _ => {}
        }
        self.status = Status::numbered(error.code());
        self.status
    }

    #[inline(never)]
    pub(crate) fn protocol(&mut self, error: ProtocolError) -> Status {
        if let ProtocolError::Reply(ReplyError::WrongType(member) | ReplyError::Duplicate(member)) =
            error
        {
            self.name = member.as_str().as_bytes();
        }
        self.status = Status::numbered(error.code());
        self.status
    }
}
