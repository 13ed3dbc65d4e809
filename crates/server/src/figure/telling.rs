//! How counts are told (REQ-INFO-01).

use jiff::civil::Date;
use onedoor_domain::ids::OfficeId;
use onedoor_domain::secrecy::{Action, in_steps};
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::Link;
use crate::policy::Subject;
use crate::web::{Desk, Fault};

/// One figure.
#[derive(Serialize, ToSchema)]
pub(crate) struct Figure {
    /// Its code; its name and definition are in the words.
    pub(crate) code: String,
    /// The count; none where it is too small to be told.
    pub(crate) count: Option<i64>,
    /// What it is a part of; nothing for a plain count, or one that is told in steps.
    pub(crate) of: Option<i64>,
    /// Whether its rows can be opened.
    pub(crate) opens: bool,
}

impl Figure {
    /// The share in percent, of something.
    pub(crate) fn percent(&self) -> Option<i64> {
        let of = self.of.filter(|of| *of > 0)?;
        Some((self.count? * 100 + of / 2) / of)
    }

    /// Whether there are rows to open.
    pub(crate) fn has_rows(&self) -> bool {
        self.opens && self.count != Some(0)
    }
}

/// How counts are told. Exact ones are for those who may see the visits of the office, and
/// of at least a month; for others, and for a shorter time, they come in steps, and few as
/// none (REQ-INFO-01).
#[derive(Clone, Copy, Debug)]
pub(super) struct Telling {
    /// Whether counts are told as they are.
    pub(super) exact: bool,
    /// Whether the rows may be opened.
    pub(super) opens: bool,
    /// The smallest count that is told otherwise.
    pub(super) least: i64,
}

/// Fewer days that have passed are less than a month.
const MONTH: i32 = 28;

fn is_a_month(from: Date, until: Date, today: Date) -> bool {
    let days = from.until(until.min(today)).map_or(0, |span| span.get_days());
    days + 1 >= MONTH
}

impl Telling {
    /// How counts of an office between two days, both inside, are told to the one who asks.
    pub(super) async fn of(
        desk: &Desk,
        link: &mut Link,
        office: OfficeId,
        (from, until): (Date, Date),
    ) -> Result<Self, Fault> {
        let opens = desk.may(link, Action::ReadQueue, Subject::Office(office)).await?;
        let exact = opens && is_a_month(from, until, desk.today());
        let least = crate::walls::smallest_count(link, &desk.app().config).await?;
        Ok(Self { exact, opens, least })
    }

    /// How counts of other offices are told: in steps.
    pub(super) fn elsewhere(self) -> Self {
        Self { exact: false, opens: false, least: self.least }
    }

    /// A count, or nothing where it is too small to be told.
    pub(super) fn count(&self, count: i64) -> Option<i64> {
        if self.exact { Some(count) } else { in_steps(count, self.least) }
    }

    /// What was measured of so many, where they are enough to be told of. What was measured of
    /// nobody is nothing either way.
    pub(super) fn measured<T>(&self, value: T, of: i64) -> Option<T> {
        let enough = if self.exact { of > 0 } else { of >= self.least.max(1) };
        enough.then_some(value)
    }

    /// A part of something.
    pub(super) fn part(&self, code: &str, count: i64, of: i64) -> Figure {
        let (count, of) = (self.count(count), self.exact.then_some(of));
        Figure { code: code.to_owned(), count, of, opens: self.opens }
    }

    /// A count of nothing in particular.
    pub(super) fn plain(&self, code: &str, count: i64) -> Figure {
        Figure { code: code.to_owned(), count: self.count(count), of: None, opens: self.opens }
    }
}
