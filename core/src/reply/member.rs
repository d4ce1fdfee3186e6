//! The members of the envelope that matter, and where they stand.

use crate::lines::{self, lines};

/// A member of the envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    // The objects, in the order of their places.
    /// `Response`
    // From 1, so that none is 0 and a new decoder is nothing but zeros.
    Response = 1,
    /// `Result`
    Result,
    /// `Error`
    Error,
    // The texts that can be long.
    /// `RetMsg`
    RetMsg,
    /// `Log`
    Log,
    // The short ones.
    /// `RequestId`
    RequestId,
    /// `FunctionRequestId`
    FunctionRequestId,
    /// `Code` of an error
    Code,
    /// `codeDesc`, the same in the old form
    OldCodeText,
    /// `Message` of an error
    Message,
    /// `message`, the same in the old form
    OldMessage,
    /// `ErrMsg`
    ErrMsg,
    // The numbers.
    /// `MemUsage`
    MemUsage,
    /// `BillDuration`
    BillDuration,
    /// `Duration`
    Duration,
    /// `InvokeResult`
    InvokeResult,
    /// `code`, the number of an error in the old form
    OldCode,
}

/// Their names, and the members in the same order.
const NAMES: &[u8] = lines!(
    "Response\nResult\nError\nRetMsg\nLog\nRequestId\nFunctionRequestId\nCode\n\
    codeDesc\nMessage\nmessage\nErrMsg\nMemUsage\nBillDuration\nDuration\nInvokeResult\ncode\n"
);

const MEMBERS: &[Member] = &[
    Member::Response,
    Member::Result,
    Member::Error,
    Member::RetMsg,
    Member::Log,
    Member::RequestId,
    Member::FunctionRequestId,
    Member::Code,
    Member::OldCodeText,
    Member::Message,
    Member::OldMessage,
    Member::ErrMsg,
    Member::MemUsage,
    Member::BillDuration,
    Member::Duration,
    Member::InvokeResult,
    Member::OldCode,
];

/// The object of which members are being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Outside,
    Root,
    Response,
    Result,
    Error,
}

impl Place {
    /// How many brackets are open directly inside of it.
    pub(super) fn level(self) -> u32 {
        (self as u32).min(3)
    }

    /// The one around it.
    pub(super) fn around(self) -> Self {
        match self {
            Self::Result | Self::Error => Self::Response,
            Self::Response => Self::Root,
            Self::Root | Self::Outside => Self::Outside,
        }
    }
}

impl Member {
    /// The name as it stands in the envelope.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        lines::get(NAMES, (self as usize).saturating_sub(1))
    }

    /// The member of this name.
    pub(super) fn find(name: &[u8]) -> Option<Self> {
        MEMBERS.get(lines::find(NAMES, name)).copied()
    }

    /// Where it stands.
    pub(super) fn place(self) -> Place {
        match self {
            Self::Response | Self::OldCode | Self::OldMessage | Self::OldCodeText => Place::Root,
            Self::Result | Self::Error | Self::RequestId => Place::Response,
            Self::Code | Self::Message => Place::Error,
            _ => Place::Result,
        }
    }

    /// The bit that stands for it in a set.
    pub(super) const fn bit(self) -> u32 {
        1 << self as u32
    }

    pub(super) fn is_in(self, set: u32) -> bool {
        self.bit() & set != 0
    }

    /// The place among the numbers, of one that is a number.
    pub(super) const fn number(self) -> usize {
        (self as usize).saturating_sub(Self::MemUsage as usize)
    }
}
