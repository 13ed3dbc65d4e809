//! The boundary table: who owns which need, what answers point to it, and what help fits
//! (REQ-MAP-04, REQ-MAP-05, REQ-MAP-06, REQ-MAP-11).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;
use toml::Spanned;

use super::{Answer, Dimension, HelpKind, Instrument, Side};
use crate::codes::codes;
use crate::need::NeedKind;
use crate::office::{AgencyKind, Subject};

codes! {
    /// What is wrong with a boundary table. It is found when the table is loaded, never at the
    /// counter (REQ-MAP-05).
    BoundaryFault {
        /// Not TOML, or not of the shape.
        Shape = "shape",
        /// Not a format that this program reads.
        UnknownFormat = "unknown-format",
        /// A word that is not on its list.
        UnknownWord = "unknown-word",
        /// A number that is no step.
        BadNumber = "bad-number",
        /// A kind of need that nobody owns.
        NoOwner = "no-owner",
        /// A kind of need that stands twice: two would own it.
        TwoOwners = "two-owners",
        /// An agency that may not decide in the subject.
        OtherAgency = "other-agency",
        /// A need without any help, or a kind of help that is not listed.
        NoHelp = "no-help",
        /// A dimension without items, or items without a dimension.
        NoDimension = "no-dimension",
    }
}

/// A fault of the table and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundaryLineFault {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub kind: BoundaryFault,
    /// The value.
    pub value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileNeed {
    kind: Spanned<String>,
    agency: Spanned<String>,
    subject: Option<Spanned<String>>,
    dimension: Option<Spanned<String>>,
    #[serde(default)]
    items: Vec<String>,
    at_most: Option<Spanned<u8>>,
    helps: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileHelp {
    kind: Spanned<String>,
    #[serde(default)]
    services: Vec<String>,
    #[serde(default)]
    concepts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: i64,
    #[serde(default)]
    needs: Vec<FileNeed>,
    #[serde(default)]
    helps: Vec<FileHelp>,
}

/// What points to a need.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pointer {
    dimension: Dimension,
    items: Vec<String>,
    at_most: u8,
}

/// One row: a kind of need with its one owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundaryRow {
    /// The kind of need.
    pub kind: NeedKind,
    /// The one kind of agency that owns it.
    pub agency: AgencyKind,
    /// The subject of the decision, where one is taken.
    pub subject: Option<Subject>,
    /// What help fits.
    pub helps: Vec<HelpKind>,
    pointer: Option<Pointer>,
}

/// What in the catalogue is an offer of a kind of help.
#[derive(Clone, Debug, PartialEq, Eq)]
struct HelpRow {
    kind: HelpKind,
    services: Vec<String>,
    concepts: Vec<String>,
}

/// A boundary table without a gap and without an overlap. There is no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boundary {
    rows: Vec<BoundaryRow>,
    helps: Vec<HelpRow>,
}

/// A need that answers point to, with the answers (REQ-MAP-04: with reasons).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The kind of need.
    pub kind: NeedKind,
    /// The answers that point to it: the item, who said it, and the step.
    pub because: Vec<(String, Side, u8)>,
}

static SHIPPED: LazyLock<Result<Boundary, Vec<BoundaryLineFault>>> =
    LazyLock::new(|| Boundary::read(include_str!("../../instruments/boundary.toml")));

impl Boundary {
    /// The table that the program brings along.
    ///
    /// # Errors
    /// The faults of its file; a test holds that there are none.
    pub fn shipped() -> Result<&'static Self, &'static [BoundaryLineFault]> {
        SHIPPED.as_ref().map_err(Vec::as_slice)
    }

    /// Reads a table. Gaps and overlaps are found here (REQ-MAP-05).
    ///
    /// # Errors
    /// Every fault with its line.
    pub fn read(text: &str) -> Result<Self, Vec<BoundaryLineFault>> {
        let line = |offset: usize| {
            let before = text.as_bytes().get(..offset).unwrap_or_default();
            before.iter().filter(|byte| **byte == b'\n').count() + 1
        };
        let file: File = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => {
                let at = error.span().map_or(1, |span| line(span.start));
                let (kind, value) = (BoundaryFault::Shape, error.message().to_owned());
                return Err(vec![BoundaryLineFault { line: at, kind, value }]);
            }
        };
        let mut faults = Vec::new();
        if file.format != 1 {
            let (kind, value) = (BoundaryFault::UnknownFormat, file.format.to_string());
            faults.push(BoundaryLineFault { line: 1, kind, value });
        }
        let mut say = |at: usize, kind, value: &str| {
            faults.push(BoundaryLineFault { line: line(at), kind, value: value.to_owned() });
        };
        let mut helps: Vec<HelpRow> = Vec::new();
        for help in &file.helps {
            let at = help.kind.span().start;
            match HelpKind::parse(help.kind.get_ref()) {
                None => say(at, BoundaryFault::UnknownWord, help.kind.get_ref()),
                Some(kind) if helps.iter().any(|one| one.kind == kind) => {
                    say(at, BoundaryFault::TwoOwners, help.kind.get_ref());
                }
                Some(kind) => helps.push(HelpRow {
                    kind,
                    services: help.services.clone(),
                    concepts: help.concepts.clone(),
                }),
            }
        }
        let mut rows: Vec<BoundaryRow> = Vec::new();
        for need in &file.needs {
            let at = need.kind.span().start;
            let Some(row) = row(need, &helps, &mut say) else { continue };
            if rows.iter().any(|one| one.kind == row.kind) {
                say(at, BoundaryFault::TwoOwners, row.kind.as_str());
            } else {
                rows.push(row);
            }
        }
        let end = text.len();
        for kind in NeedKind::ALL {
            let named = file.needs.iter().any(|need| need.kind.get_ref() == kind.as_str());
            if !named {
                say(end, BoundaryFault::NoOwner, kind.as_str());
            }
        }
        faults.sort_by_key(|one| (one.line, one.kind));
        if faults.is_empty() { Ok(Self { rows, helps }) } else { Err(faults) }
    }

    /// The one row of a kind of need.
    #[must_use]
    pub fn row(&self, kind: NeedKind) -> Option<&BoundaryRow> {
        self.rows.iter().find(|row| row.kind == kind)
    }

    /// The needs that answers point to, each once, with the answers that do. A need that nobody
    /// said is not found: what was not answered points nowhere (REQ-MAP-23).
    #[must_use]
    pub fn found(&self, instrument: &Instrument, answers: &[Answer]) -> Vec<Found> {
        let mut all = Vec::new();
        for row in &self.rows {
            let Some(pointer) = &row.pointer else { continue };
            let of_dimension = |item: &&super::Item| item.dimension == pointer.dimension;
            let items: Vec<&str> = instrument
                .items
                .iter()
                .filter(of_dimension)
                .map(|item| item.code.as_str())
                .collect();
            let named: Vec<&str> = items
                .iter()
                .copied()
                .filter(|code| pointer.items.iter().any(|one| one == code))
                .collect();
            let items = if named.is_empty() { items } else { named };
            let mut because = Vec::new();
            for item in items {
                for side in Side::ALL {
                    let newest = answers.iter().rfind(|a| a.item == item && a.side == *side);
                    let step = newest.and_then(|answer| answer.given.step());
                    because.extend(
                        step.filter(|step| *step <= pointer.at_most)
                            .map(|step| (item.to_owned(), *side, step)),
                    );
                }
            }
            if !because.is_empty() {
                all.push(Found { kind: row.kind, because });
            }
        }
        all
    }

    /// Whether a service of the catalogue is an offer of a kind of help.
    #[must_use]
    pub fn offers(&self, help: HelpKind, service: &str, concepts: &[String]) -> bool {
        self.helps.iter().filter(|row| row.kind == help).any(|row| {
            row.services.iter().any(|code| code == service)
                || row.concepts.iter().any(|one| concepts.contains(one))
        })
    }

    /// Whether needs fall under several agencies: then the case is for all of them together
    /// (REQ-MAP-11).
    #[must_use]
    pub fn several(&self, needs: &[NeedKind]) -> bool {
        let owners: BTreeSet<AgencyKind> =
            needs.iter().filter_map(|kind| self.row(*kind)).map(|row| row.agency).collect();
        owners.len() > 1
    }
}

fn row(
    need: &FileNeed,
    helps: &[HelpRow],
    say: &mut impl FnMut(usize, BoundaryFault, &str),
) -> Option<BoundaryRow> {
    let mut word = |text: &Spanned<String>| {
        say(text.span().start, BoundaryFault::UnknownWord, text.get_ref());
    };
    let kind = NeedKind::parse(need.kind.get_ref());
    let agency = AgencyKind::parse(need.agency.get_ref());
    if kind.is_none() {
        word(&need.kind);
    }
    if agency.is_none() {
        word(&need.agency);
    }
    let subject = need.subject.as_ref().and_then(|text| Subject::parse(text.get_ref()));
    if let (Some(text), None) = (&need.subject, subject) {
        word(text);
    }
    let dimension = need.dimension.as_ref().and_then(|text| Dimension::parse(text.get_ref()));
    if let (Some(text), None) = (&need.dimension, dimension) {
        word(text);
    }
    let mut fitting = Vec::new();
    for text in &need.helps {
        match HelpKind::parse(text.get_ref()) {
            None => word(text),
            Some(help) => fitting.push((help, text.span().start)),
        }
    }
    let at = need.kind.span().start;
    if need.helps.is_empty() {
        say(at, BoundaryFault::NoHelp, need.kind.get_ref());
    }
    for (help, at) in &fitting {
        if !helps.iter().any(|row| row.kind == *help) {
            say(*at, BoundaryFault::NoHelp, help.as_str());
        }
    }
    if let (Some(subject), Some(agency)) = (subject, agency)
        && subject.usual_agency() != agency
    {
        say(need.agency.span().start, BoundaryFault::OtherAgency, agency.as_str());
    }
    let at_most = need.at_most.as_ref().map(|step| *step.get_ref());
    if let Some(step) = need.at_most.as_ref().filter(|step| !(1..=5).contains(step.get_ref())) {
        say(step.span().start, BoundaryFault::BadNumber, &step.get_ref().to_string());
    }
    if need.dimension.is_some() != at_most.is_some()
        || need.dimension.is_none() != need.items.is_empty()
    {
        say(at, BoundaryFault::NoDimension, need.kind.get_ref());
    }
    let pointer = dimension.zip(at_most);
    let pointer = pointer.map(|(dimension, at_most)| {
        let items = need.items.clone();
        Pointer { dimension, items, at_most }
    });
    let helps = fitting.into_iter().map(|(help, _)| help).collect();
    Some(BoundaryRow { kind: kind?, agency: agency?, subject, helps, pointer })
}
