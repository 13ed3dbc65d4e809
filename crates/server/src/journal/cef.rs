//! One line of the Common Event Format, exactly escaped. Pure: text in, text out.

use std::fmt::Write;

/// A line before it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cef {
    /// Who made the program, the program, its version, the class of the event,
    /// its name, how severe it is: the header in its order.
    pub header: [String; 6],
    /// Keys and values, in their order.
    pub extension: Vec<(String, String)>,
}

impl Cef {
    /// The line. In the header a pipe and a backslash are escaped, in a value an
    /// equals sign, a backslash and the two line ends, so that whoever wrote a
    /// value can neither end the line nor begin another key.
    #[must_use]
    pub fn line(&self) -> String {
        let mut line = String::from("CEF:0");
        for field in &self.header {
            line.push('|');
            for c in field.chars() {
                match c {
                    '|' | '\\' => {
                        line.push('\\');
                        line.push(c);
                    }
                    // A header has no way to hold a line end.
                    c if c.is_control() => line.push(' '),
                    c => line.push(c),
                }
            }
        }
        line.push('|');
        for (at, (key, value)) in self.extension.iter().enumerate() {
            if at > 0 {
                line.push(' ');
            }
            let _ = write!(line, "{key}=");
            for c in value.chars() {
                match c {
                    '\\' => line.push_str("\\\\"),
                    '=' => line.push_str("\\="),
                    '\n' => line.push_str("\\n"),
                    '\r' => line.push_str("\\r"),
                    c => line.push(c),
                }
            }
        }
        line
    }

    /// Reads a line back, or nothing when it is no such line.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let mut rest = line.strip_prefix("CEF:0|")?.chars();
        let mut header: [String; 6] = Default::default();
        for field in &mut header {
            loop {
                match rest.next()? {
                    '|' => break,
                    '\\' => field.push(rest.next().filter(|c| matches!(c, '|' | '\\'))?),
                    c => field.push(c),
                }
            }
        }
        Some(Self { header, extension: pairs(rest.as_str())? })
    }
}

/// Keys and values. An equals sign that is not escaped stands after a key, and
/// the key begins after the space before it.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut now = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => now.push(match chars.next()? {
                'n' => '\n',
                'r' => '\r',
                c @ ('\\' | '=') => c,
                _ => return None,
            }),
            '=' => {
                let (before, key) = match (pairs.last_mut(), now.rsplit_once(' ')) {
                    (Some(last), Some((value, key))) => (Some((last, value)), key),
                    (None, None) => (None, now.as_str()),
                    _ => return None,
                };
                let key = key.to_owned();
                if key.is_empty() || !key.bytes().all(|b| b.is_ascii_alphanumeric()) {
                    return None;
                }
                if let Some((last, value)) = before {
                    last.1 = value.to_owned();
                }
                pairs.push((key, String::new()));
                now.clear();
            }
            c => now.push(c),
        }
    }
    match pairs.last_mut() {
        Some(last) => last.1 = now,
        None if now.is_empty() => {}
        None => return None,
    }
    Some(pairs)
}

/// A message in the frame of RFC 5424, without its length.
#[must_use]
pub fn syslog(severe: bool, at: jiff::Timestamp, host: &str, message: &str) -> String {
    // Facility 13 is the log audit; 4 is a warning, 6 tells of something usual.
    let priority = 13 * 8 + if severe { 4 } else { 6 };
    // A name with a space in it would be two fields.
    let host: String = host.chars().filter(char::is_ascii_graphic).take(255).collect();
    let host = if host.is_empty() { "-" } else { &host };
    format!("<{priority}>1 {at} {host} onedoor - CEF - {message}")
}

/// A message with its length in octets before it (RFC 6587): what stands in the
/// message cannot end it.
#[must_use]
pub fn counted(message: &str) -> String {
    format!("{} {message}", message.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample(field: &str, value: &str) -> Cef {
        Cef {
            header: [field, "product", "1.0", "audit:access", "name", "INFO"].map(str::to_owned),
            extension: vec![("suid".into(), value.into()), ("duid".into(), "b".into())],
        }
    }

    /// REQ-INFO-19: each character that has a meaning in the format is escaped
    /// where it has one, and nowhere else.
    #[test]
    fn a_line_is_escaped_exactly() {
        let line = sample(r"a|b\c=d", "x|y\\z=1\n2\r3").line();
        assert_eq!(
            line,
            "CEF:0|a\\|b\\\\c=d|product|1.0|audit:access|name|INFO|\
             suid=x|y\\\\z\\=1\\n2\\r3 duid=b"
        );
        assert_eq!(sample("a\nb", "").line().lines().count(), 1);
        assert_eq!(Cef::parse("CEF:0|a|b|c|d|e|f"), None, "a header that does not end");
        assert_eq!(Cef::parse("CEF:0|a|b|c|d|e|f|x"), None, "a value without a key");
        assert_eq!(Cef::parse("CEF:0|a|b|c|d|e|f|x=\\q"), None, "an unknown escape");
    }

    #[test]
    fn a_frame_counts_octets_and_names_its_severity() {
        let at = "2026-11-23T08:30:00.000001Z".parse().unwrap();
        let message = syslog(true, at, "-", "é");
        assert_eq!(message, "<108>1 2026-11-23T08:30:00.000001Z - onedoor - CEF - é");
        assert_eq!(counted("é"), "2 é");
        assert!(syslog(false, at, "-", "").starts_with("<110>1 "));
    }

    proptest! {
        /// REQ-INFO-19: whatever stands in a value, the line reads back as it was
        /// written, and it is one line.
        #[test]
        fn a_line_reads_back_as_it_was_written(
            header in prop::array::uniform6("[^\\p{C}]{0,20}"),
            values in prop::collection::vec(
                ("[a-zA-Z][a-zA-Z0-9]{0,12}", "(?s)[ a=|\\\\\\n\\r].{0,20}"), 0..6),
        ) {
            let cef = Cef { header, extension: values };
            let line = cef.line();
            prop_assert!(!line.contains('\n') && !line.contains('\r'));
            prop_assert_eq!(Cef::parse(&line), Some(cef));
        }

        /// Nothing that is read can end in a crash.
        #[test]
        fn any_text_can_be_read(text in "(?s)(CEF:0\\|)?.{0,80}") {
            let _ = Cef::parse(&text);
        }
    }
}
