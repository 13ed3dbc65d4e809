//! Documents: what a file is, told by its content and never by its name, what it is
//! called, and how long it is kept.

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use thiserror::Error;

use super::{Grade, kept_until};
use crate::codes::codes;
use crate::person::Country;
use crate::secrecy::{Category, Purpose};

/// The largest document that is taken, in bytes.
pub const LARGEST: usize = 3 * 1024 * 1024;

/// The longest name that is kept, in characters, with its ending.
pub const LONGEST_NAME: usize = 120;

codes! {
    /// What a document is. What it tells of its writer says apart from that.
    DocumentKind {
        /// An application.
        Application = "application",
        /// A decision of some authority.
        Decision = "decision",
        /// A letter.
        Letter = "letter",
        /// A statement by a doctor or another who treats.
        MedicalStatement = "medical_statement",
        /// What somebody can do at work, as an assessment puts it.
        WorkAssessment = "work_assessment",
        /// A certificate of school, course or work.
        Certificate = "certificate",
        /// Income: a pay slip, a benefit slip.
        Income = "income",
        /// What is owed and paid: bills, statements of account.
        Bill = "bill",
        /// A lease or another agreement.
        Agreement = "agreement",
        /// A paper that proves who somebody is.
        IdentityPaper = "identity_paper",
        /// Something else.
        Other = "other",
    }
}

impl DocumentKind {
    /// How near it comes to what is treated.
    #[must_use]
    pub fn grade(self) -> Grade {
        match self {
            Self::MedicalStatement => Grade::Clinical,
            Self::WorkAssessment => Grade::Functional,
            _ => Grade::Ordinary,
        }
    }

    /// Whether a document of this kind may cross to another agency for `purpose` at all,
    /// whatever the policy pack says: what is clinical only in a decision about a benefit, and
    /// of health what tells what the person can do (domain.md section B; REQ-INFO-12).
    #[must_use]
    pub fn may_cross(self, category: Category, purpose: Purpose) -> bool {
        let treated = matches!(category, Category::Health | Category::Subst)
            && self.grade() != Grade::Functional;
        purpose == Purpose::BenefitDecision || (self.grade() != Grade::Clinical && !treated)
    }

    /// Until when a document received on `received` is kept: as what it tells of, and no
    /// longer than its kind is of use. Product rules where no statute was found: a copy of an
    /// identity paper three months, bills and slips two years.
    #[must_use]
    pub fn kept_until(self, category: Category, country: Country, received: Date) -> Date {
        let end = |span: Span| received.checked_add(span).unwrap_or(Date::MAX);
        let by_kind = match self {
            Self::IdentityPaper => Some(end(3.months())),
            Self::Income | Self::Bill => Some(end(2.years())),
            _ => None,
        };
        let by_category = kept_until(category, country, received);
        by_kind.map_or(by_category, |day| day.min(by_category))
    }
}

codes! {
    /// The forms of document that are taken.
    Media {
        /// PDF.
        Pdf = "application/pdf",
        /// JPEG.
        Jpeg = "image/jpeg",
        /// PNG.
        Png = "image/png",
        /// Plain text in UTF-8.
        Text = "text/plain",
    }
}

impl Media {
    /// The ending of its names.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Text => "txt",
        }
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DocumentFault {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is larger than [`LARGEST`].
    #[error("the file is too large")]
    TooLarge,
    /// It is none of the forms that are taken, whatever its name says.
    #[error("the file is none of the forms that are taken")]
    Form,
    /// It is broken off: the end is missing.
    #[error("the file is broken off")]
    Broken,
    /// It does something when it is opened, or carries another file along.
    #[error("the file does something when it is opened")]
    Active,
}

impl DocumentFault {
    /// Every fault.
    pub const ALL: [Self; 5] =
        [Self::Empty, Self::TooLarge, Self::Form, Self::Broken, Self::Active];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "document-empty",
            Self::TooLarge => "document-large",
            Self::Form => "document-form",
            Self::Broken => "document-broken",
            Self::Active => "document-active",
        }
    }
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const PNG_END: &[u8] = b"IEND\xaeB`\x82";
/// What stands at the end of every archive, also of one that hides behind another form.
const ARCHIVE_END: &[u8] = b"PK\x05\x06";
/// Where an archive's end can stand, counted from the end of the file.
const TAIL: usize = 66 * 1024;
/// What a PDF does by itself or carries along. Only what stands there in the open is found;
/// the file is given out as something to keep and never shown here.
const ACTIVE: [&[u8]; 4] = [b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia"];

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn tail(bytes: &[u8], length: usize) -> &[u8] {
    bytes.get(bytes.len().saturating_sub(length)..).unwrap_or(bytes)
}

/// What a file is, by its content. Nothing is unpacked, so that no file grows here.
///
/// # Errors
/// See [`DocumentFault`].
pub fn form(bytes: &[u8]) -> Result<Media, DocumentFault> {
    if bytes.is_empty() {
        return Err(DocumentFault::Empty);
    }
    if bytes.len() > LARGEST {
        return Err(DocumentFault::TooLarge);
    }
    if bytes.starts_with(b"%PDF-1.") || bytes.starts_with(b"%PDF-2.") {
        if holds(tail(bytes, TAIL), ARCHIVE_END) {
            return Err(DocumentFault::Form);
        }
        if !holds(tail(bytes, 1024), b"%%EOF") {
            return Err(DocumentFault::Broken);
        }
        if ACTIVE.iter().any(|word| holds(bytes, word)) {
            return Err(DocumentFault::Active);
        }
        return Ok(Media::Pdf);
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        if holds(tail(bytes, TAIL), ARCHIVE_END) {
            return Err(DocumentFault::Form);
        }
        let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
        let whole = bytes.get(..end).is_some_and(|rest| rest.ends_with(b"\xff\xd9"));
        return if whole { Ok(Media::Jpeg) } else { Err(DocumentFault::Broken) };
    }
    if bytes.starts_with(PNG) {
        return if bytes.ends_with(PNG_END) { Ok(Media::Png) } else { Err(DocumentFault::Broken) };
    }
    let text = std::str::from_utf8(bytes).map_err(|_| DocumentFault::Form)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(DocumentFault::Form);
    }
    if text.trim().is_empty() {
        return Err(DocumentFault::Empty);
    }
    Ok(Media::Text)
}

/// Characters that turn the direction of a text or are not seen: with them a name looks like
/// another.
fn deceives(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{feff}' | '\u{ad}')
}

/// A name that is safe to keep, to show and to give out: without folders, control characters
/// or anything that a system of files reads as a command, of bounded length, and with the
/// ending of what the file is.
#[must_use]
pub fn clean_name(given: &str, media: Media) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String =
        last.chars()
            .filter(|c| !c.is_control() && !deceives(*c))
            .map(|c| {
                if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | ';' | '%') {
                    '_'
                } else {
                    c
                }
            })
            .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let plain = words.join(" ");
    let stem = match plain.rsplit_once('.') {
        Some((stem, end)) if end.len() <= 5 && end.chars().all(char::is_alphanumeric) => stem,
        _ => plain.as_str(),
    };
    let stem = stem.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let room = LONGEST_NAME - media.ending().len() - 1;
    let stem: String = stem.chars().take(room).collect();
    let stem = stem.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    format!("{}.{}", if stem.is_empty() { "document" } else { stem }, media.ending())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0rest\xff\xd9";

    fn png() -> Vec<u8> {
        [PNG, b"more", PNG_END].concat()
    }

    /// A file is what it holds, whatever it is called.
    #[test]
    fn a_file_is_what_it_holds() {
        let pdf: &[u8] = b"%PDF-1.7\n1 0 obj\n%%EOF\n";
        let table: [(&[u8], Result<Media, DocumentFault>); 16] = [
            (pdf, Ok(Media::Pdf)),
            (JPEG, Ok(Media::Jpeg)),
            (&png(), Ok(Media::Png)),
            ("Søknad om hjelp\n".as_bytes(), Ok(Media::Text)),
            (b"", Err(DocumentFault::Empty)),
            (b" \r\n\t", Err(DocumentFault::Empty)),
            (b"\xef\xbb\xbf  ", Err(DocumentFault::Empty)),
            (b"PK\x03\x04 an archive called x.pdf", Err(DocumentFault::Form)),
            (b"MZ\x90\0 a program", Err(DocumentFault::Form)),
            (b"GIF89a\x01\0", Err(DocumentFault::Form)),
            (b"\xff\xfe\0a\0b", Err(DocumentFault::Form)),
            (b"text with \0 in it", Err(DocumentFault::Form)),
            (b"%PDF-1.7\nPK\x05\x06 both\n%%EOF", Err(DocumentFault::Form)),
            (b"%PDF-1.7\nbroken off", Err(DocumentFault::Broken)),
            (b"\xff\xd8\xff\xe0 broken off", Err(DocumentFault::Broken)),
            (b"%PDF-1.4\n/OpenAction << /S /JavaScript >>\n%%EOF", Err(DocumentFault::Active)),
        ];
        for (bytes, is) in table {
            assert_eq!(form(bytes), is, "{:?}", String::from_utf8_lossy(bytes));
        }
        assert_eq!(form(&vec![b'a'; LARGEST]), Ok(Media::Text));
        assert_eq!(form(&vec![b'a'; LARGEST + 1]), Err(DocumentFault::TooLarge));
    }

    #[test]
    fn a_name_is_cleaned() {
        let table = [
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\Users\\ola\\Legeerklæring.PDF", "Legeerklæring.pdf"),
            ("lease.pdf.exe", "lease.pdf.pdf"),
            ("a\u{202e}fdp.exe", "afdp.pdf"),
            ("x\r\nSet-Cookie: a=b.pdf", "xSet-Cookie_ a=b.pdf"),
            ("\"; rm -rf.pdf", "__ rm -rf.pdf"),
            ("...", "document.pdf"),
            ("", "document.pdf"),
            (".htaccess", "htaccess.pdf"),
            ("nr. 12 av 14", "nr. 12 av 14.pdf"),
        ];
        for (given, kept) in table {
            assert_eq!(clean_name(given, Media::Pdf), kept, "{given:?}");
        }
    }

    proptest! {
        /// No name leads anywhere, is too long, or loses the ending of what the file is; and
        /// cleaning it again changes nothing.
        #[test]
        fn no_name_leads_anywhere(given in "\\PC{0,300}|[./\\\\a-z%\"]{0,40}") {
            let name = clean_name(&given, Media::Png);
            prop_assert!(name.ends_with(".png"));
            prop_assert!(name.chars().count() <= LONGEST_NAME);
            prop_assert!(!name.contains(['/', '\\', '"', '%', ';', ':']));
            prop_assert!(!name.starts_with('.') && !name.chars().any(char::is_control));
            prop_assert_eq!(clean_name(&name, Media::Png), name);
        }

        /// Nothing that comes stops the look at it.
        #[test]
        fn any_bytes_are_looked_at(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = form(&bytes);
        }
    }

    /// REQ-INFO-12: what is treated stays where it is needed; what the person can do may be told.
    #[test]
    fn what_is_treated_stays() {
        use DocumentKind as Kind;
        let table = [
            (Kind::MedicalStatement, Category::Health, Purpose::Coordination, false),
            (Kind::MedicalStatement, Category::Emp, Purpose::Coordination, false),
            (Kind::MedicalStatement, Category::Health, Purpose::BenefitDecision, true),
            (Kind::Letter, Category::Health, Purpose::Coordination, false),
            (Kind::Letter, Category::Subst, Purpose::Safety, false),
            (Kind::WorkAssessment, Category::Health, Purpose::Coordination, true),
            (Kind::Letter, Category::Emp, Purpose::Coordination, true),
        ];
        for (kind, category, purpose, yes) in table {
            assert_eq!(kind.may_cross(category, purpose), yes, "{kind:?} {category:?} {purpose:?}");
        }
    }

    #[test]
    fn each_kind_has_its_keep_time() {
        use DocumentKind as Kind;
        let received: Date = "2026-01-31".parse().unwrap();
        let table = [
            (Kind::IdentityPaper, Category::Id, Country::No, "2026-04-30"),
            (Kind::Bill, Category::Housing, Country::No, "2028-01-31"),
            (Kind::Bill, Category::Subst, Country::No, "2027-01-31"),
            (Kind::Letter, Category::Emp, Country::Se, "2029-12-31"),
            (Kind::Decision, Category::Ben, Country::No, "2031-01-31"),
        ];
        for (kind, category, country, day) in table {
            assert_eq!(kind.kept_until(category, country, received).to_string(), day, "{kind:?}");
        }
    }
}
