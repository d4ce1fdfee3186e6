//! The members of the envelope that matter, and where they stand.

use crate::wire::lines::{self, lines};

/// A member of the envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
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

/// Their names, and in the same order the members and where they stand.
const NAMES: &str = lines!(
    "Response\nResult\nError\nRetMsg\nLog\nRequestId\nFunctionRequestId\nCode\n\
    codeDesc\nMessage\nmessage\nErrMsg\nMemUsage\nBillDuration\nDuration\nInvokeResult\ncode\n"
);

const MEMBERS: &[(Member, Place)] = &[
    (Member::Response, Place::Root),
    (Member::Result, Place::Response),
    (Member::Error, Place::Response),
    (Member::RetMsg, Place::Result),
    (Member::Log, Place::Result),
    (Member::RequestId, Place::Response),
    (Member::FunctionRequestId, Place::Result),
    (Member::Code, Place::Error),
    (Member::OldCodeText, Place::Root),
    (Member::Message, Place::Error),
    (Member::OldMessage, Place::Root),
    (Member::ErrMsg, Place::Result),
    (Member::MemUsage, Place::Result),
    (Member::BillDuration, Place::Result),
    (Member::Duration, Place::Result),
    (Member::InvokeResult, Place::Result),
    (Member::OldCode, Place::Root),
];

/// The object of which members are being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Outside,
    Root,
    Response,
    Result,
    Error,
}

impl Place {
    /// Returns how many brackets are open directly inside of it.
    pub(crate) fn level(self) -> u32 {
        (self as u32).min(3)
    }

    /// Returns the place of this number, in the order of the objects.
    pub(crate) fn of_level(number: u32) -> Self {
        match number {
            1 => Self::Root,
            2 => Self::Response,
            3 => Self::Result,
            4 => Self::Error,
            _ => Self::Outside,
        }
    }

    /// Returns the place around it.
    pub(crate) fn around(self) -> Self {
        match self {
            Self::Result | Self::Error => Self::Response,
            Self::Response => Self::Root,
            Self::Root | Self::Outside => Self::Outside,
        }
    }
}

impl Member {
    /// The members of `Result`, as bits.
    pub(crate) const OF_RESULT: u32 = {
        let (mut set, mut at) = (0, 0);
        while at < MEMBERS.len() {
            if let (member, Place::Result) = MEMBERS[at] {
                set |= member.bit();
            }
            at += 1;
        }
        set
    };

    /// Returns the name as it stands in the envelope.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        lines::get(NAMES, (self as usize).saturating_sub(1))
    }

    /// Returns the member of this name, and where it stands.
    pub(crate) fn find(name: &[u8]) -> Option<(Self, Place)> {
        MEMBERS.get(lines::find(NAMES, name)).copied()
    }

    /// Returns the bit that stands for it in a set.
    pub(crate) const fn bit(self) -> u32 {
        1 << self as u32
    }

    pub(crate) fn is_in(self, set: u32) -> bool {
        self.bit() & set != 0
    }

    /// Returns the place among the numbers, of one that is a number.
    pub(crate) const fn number(self) -> usize {
        (self as usize).saturating_sub(Self::MemUsage as usize)
    }
}
