//! Letters and other papers as PDF: a template and its data become one file that
//! a screen reader reads (PDF/UA-1, tagged) and an archive keeps (PDF/A-2a).
//!
//! A template reads its data with `json(bytes(sys.inputs.data))`. What people
//! wrote comes in as data, never as part of a template, so it cannot act as one.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::Value;
use thiserror::Error;
use typst::foundations::{Bytes, Datetime, Dict, IntoValue};
use typst_as_lib::TypstEngine;
use typst_as_lib::typst_kit_options::TypstKitFontOptions;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// Why there is no letter. It is a defect of a template, never of the data.
#[derive(Debug, Error)]
pub enum LetterFault {
    /// The template could not be set.
    #[error("the letter could not be set: {0}")]
    Set(String),
    /// The file could not be written to the standards.
    #[error("the letter does not keep to the standards: {0}")]
    Standard(String),
}

/// The characters that the built-in typefaces have; all others would break the
/// archive standard, which forbids a missing glyph.
fn printable(c: char) -> bool {
    matches!(c,
        '\n' | '\u{20}'..='\u{7e}' | '\u{a0}'..='\u{17f}' | '\u{1e80}'..='\u{1e85}'
        | '\u{386}'..='\u{3ce}' | '\u{400}'..='\u{45f}'
        | '\u{2010}'..='\u{2014}' | '\u{2018}'..='\u{201e}' | '\u{2022}' | '\u{2026}' | '\u{20ac}')
        && c != '\u{ad}'
}

fn clean(data: &mut Value) {
    match data {
        Value::String(text) if !text.chars().all(printable) => {
            *text = text.chars().map(|c| if printable(c) { c } else { '?' }).collect();
        }
        Value::Array(list) => list.iter_mut().for_each(clean),
        Value::Object(map) => map.values_mut().for_each(clean),
        _ => {}
    }
}

/// Forgets what the typesetter remembers of a letter when it goes out of scope,
/// also after a failure: it holds personal data.
struct Forget;

impl Drop for Forget {
    fn drop(&mut self) {
        typst::comemo::evict(0);
    }
}

/// Sets `template` with `data`, as of `now`. It takes some milliseconds of one
/// processor: call it on a thread that may wait.
///
/// # Errors
/// When the template has a fault.
pub fn pdf(
    template: &'static str,
    mut data: Value,
    now: Timestamp,
) -> Result<Vec<u8>, LetterFault> {
    /// Typefaces are read once; each letter gets its own engine around them.
    static FONTS: LazyLock<TypstKitFontOptions> = LazyLock::new(|| {
        TypstKitFontOptions::default().include_system_fonts(false).include_embedded_fonts(true)
    });
    clean(&mut data);
    let _forget = Forget;
    let engine =
        TypstEngine::builder().main_file(template).search_fonts_with(FONTS.clone()).build();
    let mut inputs = Dict::new();
    inputs.insert("data".into(), Bytes::from_string(data.to_string()).into_value());
    let set: Result<PagedDocument, _> = engine.compile_with_input(inputs).output;
    let document = set.map_err(|error| LetterFault::Set(error.to_string()))?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|error| LetterFault::Standard(format!("{error:?}")))?;
    let options = PdfOptions { standards, timestamp: stamp(now), ..PdfOptions::default() };
    typst_pdf::pdf(&document, &options).map_err(|faults| {
        let texts: Vec<_> = faults.iter().map(|fault| fault.message.to_string()).collect();
        LetterFault::Standard(texts.join("; "))
    })
}

fn stamp(now: Timestamp) -> Option<typst_pdf::Timestamp> {
    let at = jiff::tz::TimeZone::UTC.to_datetime(now);
    let part = |n: i8| u8::try_from(n).unwrap_or_default();
    let datetime = Datetime::from_ymd_hms(
        i32::from(at.year()),
        part(at.month()),
        part(at.day()),
        part(at.hour()),
        part(at.minute()),
        part(at.second()),
    )?;
    Some(typst_pdf::Timestamp::new_utc(datetime))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEMPLATE: &str = "#let d = json(bytes(sys.inputs.data))\n\
        #set document(title: d.title)\n#set text(lang: \"nb\")\n= #d.title\n#d.text\n";

    /// A letter keeps to both standards whatever somebody wrote into it, and
    /// what they wrote does not act as a template.
    #[test]
    fn a_letter_keeps_to_its_standards_whatever_is_in_it() {
        let now = "2026-11-23T08:30:00Z".parse().unwrap();
        for text in
            ["Æøå ÆØÅ", "#panic()", "= x\n$ y $ #set page(width: 1pt)", "مرحبا 👋\u{0}\u{ad}"]
        {
            let data = json!({ "title": "Brev", "text": text });
            let file = pdf(TEMPLATE, data, now).unwrap();
            assert!(file.starts_with(b"%PDF-1.7"), "{text}");
            let holds = |what: &[u8]| file.windows(what.len()).any(|part| part == what);
            assert!(holds(b"pdfuaid:part") && holds(b"pdfaid:part"), "{text}");
            assert!(holds(b"/StructTreeRoot"), "{text}");
        }
    }

    #[test]
    fn a_fault_of_the_template_is_told() {
        let now = "2026-11-23T08:30:00Z".parse().unwrap();
        let fault = pdf("#nothing-here", json!({}), now);
        assert!(matches!(fault, Err(LetterFault::Set(_))));
    }
}
