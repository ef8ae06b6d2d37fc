//! What an answer of the terminal means to who sent the question.

use super::awaited::{self, Passed};
use super::choice::Choice;
use super::probe;
use super::reader::Reply;
use crate::text::Safe;

/// What an answer of the terminal means.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Learned {
    /// How pictures are shown from now on, when that changed.
    pub choice: Option<Choice>,
    /// Tokens whose bytes the terminal has worked through, in order; see [`Passed::ok`].
    pub passed: Vec<Passed>,
    /// What it says of a picture.
    pub image: Option<ImageAnswer>,
}

/// What kitty's graphics say of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageAnswer {
    /// The picture's number.
    pub id: u32,
    /// The placement, where one was named.
    pub placement: Option<u32>,
    /// Whether it went well.
    pub ok: bool,
    /// `OK`, or what went wrong, such as `ENOENT:...`.
    pub message: Safe,
}

impl ImageAnswer {
    /// What an answer says of a picture; nothing where it is to a query.
    pub(super) fn of(reply: &Reply) -> Option<Self> {
        match reply {
            Reply::Kitty {
                id: Some(id),
                placement,
                ok,
                message,
            } if *id != probe::QUERY_ID && !awaited::is_query(*id) => Some(Self {
                id: *id,
                placement: *placement,
                ok: *ok,
                message: message.clone(),
            }),
            _ => None,
        }
    }
}
