//! Dates and times as people write them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use onedoor_domain::person::Language;

use super::Words;

impl Words {
    /// A date as the language writes it.
    #[must_use]
    pub fn date(self, date: Date) -> String {
        let pattern = match self.language() {
            Language::Nb | Language::Nn => "%-d.%-m.%Y",
            Language::Sv => "%Y-%m-%d",
            Language::En => "%-d/%-m/%Y",
        };
        date.strftime(pattern).to_string()
    }

    /// A date that was kept as ISO text; other text is shown as it is.
    #[must_use]
    pub fn iso(self, text: &str) -> String {
        text.parse::<Date>().map_or_else(|_| text.to_owned(), |date| self.date(date))
    }

    /// The time of day of an instant.
    #[must_use]
    pub fn time(self, at: Timestamp, zone: &TimeZone) -> String {
        zone.to_datetime(at).strftime("%H:%M").to_string()
    }

    /// Date and time of an instant.
    #[must_use]
    pub fn when(self, at: Timestamp, zone: &TimeZone) -> String {
        format!("{} {}", self.date(zone.to_datetime(at).date()), self.time(at, zone))
    }
}
