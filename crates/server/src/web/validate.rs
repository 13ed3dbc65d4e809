//! Gathering what is wrong with a form, field by field.

use jiff::civil::Date;
use onedoor_domain::text;

use super::fault::FieldFault;

/// Collects faults while fields are read; everything is said at once.
#[derive(Debug, Default)]
pub struct Faults {
    list: Vec<FieldFault>,
}

impl Faults {
    /// Notes a fault.
    pub fn add(&mut self, field: &str, code: impl Into<String>) {
        self.list.push(FieldFault::new(field, code));
    }

    /// Takes a value or notes its fault.
    pub fn take<T, E>(
        &mut self,
        field: &str,
        read: Result<T, E>,
        code: impl FnOnce(E) -> String,
    ) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(field, code(error));
                None
            }
        }
    }

    /// A line that must be there.
    pub fn line(&mut self, field: &str, value: &str) -> String {
        self.take(field, text::required(value, text::LINE), |e| e.code().into()).unwrap_or_default()
    }

    /// A line that may be empty.
    pub fn optional_line(&mut self, field: &str, value: &str) -> String {
        self.take(field, text::optional(value, text::LINE), |e| e.code().into()).unwrap_or_default()
    }

    /// A paragraph that may be empty.
    pub fn optional_paragraph(&mut self, field: &str, value: &str) -> String {
        self.take(field, text::optional(value, text::PARAGRAPH), |e| e.code().into())
            .unwrap_or_default()
    }

    /// A date, as ISO text or as people here write it: 24.12.2026.
    pub fn date(&mut self, field: &str, value: &str) -> Option<Date> {
        let date = read_date(value);
        if date.is_none() {
            self.add(field, if value.trim().is_empty() { "date-empty" } else { "date" });
        }
        date
    }

    /// A date that may be left out.
    pub fn optional_date(&mut self, field: &str, value: &str) -> Option<Date> {
        if value.trim().is_empty() { None } else { self.date(field, value) }
    }

    /// The first day of something, in the field `from`, and the first day that it no longer holds,
    /// in `until`, which may be left out and comes later.
    pub fn period(&mut self, from: &str, until: &str) -> (Option<Date>, Option<Date>) {
        let (from, until) = (self.date("from", from), self.optional_date("until", until));
        if from.zip(until).is_some_and(|(from, until)| until <= from) {
            self.add("until", "date-order");
        }
        (from, until)
    }

    /// An identifier from a list.
    pub fn id(&mut self, field: &str, value: &str) -> Option<uuid::Uuid> {
        let id = value.trim().parse().ok();
        if id.is_none() {
            self.add(field, "choose");
        }
        id
    }

    /// One of a closed list.
    pub fn choice<T>(
        &mut self,
        field: &str,
        value: &str,
        parse: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let choice = parse(value.trim());
        if choice.is_none() {
            self.add(field, "choose");
        }
        choice
    }

    /// Gives faults of a field the name that the field has in this form.
    pub fn rename(&mut self, from: &str, to: &str) {
        for fault in self.list.iter_mut().filter(|fault| fault.field == from) {
            to.clone_into(&mut fault.field);
        }
    }

    /// Whether nothing was wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// What was wrong.
    #[must_use]
    pub fn into_list(self) -> Vec<FieldFault> {
        self.list
    }
}

/// Reads `2026-12-24`, `24.12.2026` or `24/12/2026`.
#[must_use]
pub fn read_date(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() == 10 && text.is_ascii() && text.as_bytes().get(4) == Some(&b'-') {
        return text.parse().ok();
    }
    let mut parts = text.split(['.', '/']);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dates_are_read_as_people_write_them() {
        for (text, expected) in [
            ("2026-12-24", Some(date(2026, 12, 24))),
            (" 24.12.2026 ", Some(date(2026, 12, 24))),
            ("4/2/2027", Some(date(2027, 2, 4))),
            ("31.02.2026", None),
            ("24.12.26", None),
            ("2026-13-01", None),
            ("", None),
            ("i morgen", None),
            ("2026-1é-1", None),
        ] {
            assert_eq!(read_date(text), expected, "{text}");
        }
    }
}
