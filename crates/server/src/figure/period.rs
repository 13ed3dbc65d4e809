//! Which office and which days figures are of.

use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};
use onedoor_domain::ids::OfficeId;
use serde::Deserialize;

use super::telling::Telling;
use crate::db::Link;
use crate::office::store::{self as offices, OfficeLine};
use crate::web::validate::read_date;
use crate::web::{Desk, Fault};

/// What the address asks for.
#[derive(Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    pub(super) office: String,
    #[serde(default)]
    pub(super) from: String,
    #[serde(default)]
    pub(super) until: String,
    #[serde(default)]
    pub(super) open: String,
    /// Where the page of rows begins.
    #[serde(default)]
    pub(super) after: String,
}

/// An office and a stretch of days, with the offices to choose from.
pub(super) struct Period {
    pub(super) offices: Vec<OfficeLine>,
    pub(super) office: OfficeId,
    pub(super) from: Date,
    pub(super) until: Date,
}

impl Period {
    /// What was asked, or the reader's own office and the last `days` days.
    pub(super) async fn read(
        desk: &Desk,
        link: &mut Link,
        asked: &Asked,
        days: i64,
    ) -> Result<Self, Fault> {
        let offices = offices::every_office(link).await?;
        let first = offices.first().and_then(|office| office.id.parse().ok());
        let office: Option<OfficeId> = asked.office.parse().ok().or(desk.actor().office).or(first);
        let until = read_date(&asked.until).unwrap_or_else(|| desk.today());
        let before = until.checked_sub(days.days()).unwrap_or(until);
        let from = read_date(&asked.from).unwrap_or(before);
        Ok(Self { offices, office: office.ok_or(Fault::Hidden)?, from, until })
    }

    /// The same from the first day of its first month to the last of its last.
    pub(super) fn in_months(mut self) -> Self {
        self.from = self.from.first_of_month();
        self.until = self.until.last_of_month();
        self
    }

    /// How counts of it are told to the one who asks.
    pub(super) async fn telling(&self, desk: &Desk, link: &mut Link) -> Result<Telling, Fault> {
        Telling::of(desk, link, self.office, (self.from, self.until)).await
    }

    /// The first instant of the first day.
    pub(super) fn start(&self, desk: &Desk) -> i64 {
        start_of(desk, self.from)
    }

    /// The first instant after the last day.
    pub(super) fn end(&self, desk: &Desk) -> i64 {
        self.until.tomorrow().map_or(i64::MAX, |day| start_of(desk, day))
    }
}

/// The first instant of a day at the offices.
pub(super) fn start_of(desk: &Desk, day: Date) -> i64 {
    let at = desk.app().zone.to_timestamp(day.to_datetime(Time::midnight()));
    at.map_or(0, Timestamp::as_microsecond)
}
