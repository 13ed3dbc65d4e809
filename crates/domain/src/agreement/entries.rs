//! What a file of arrangements holds, entry by entry, as it was typed.

use jiff::civil::Date;
use serde::Deserialize;

/// Something of the file and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// The line.
    pub line: usize,
    /// The place.
    pub place: String,
    /// What stands there.
    pub it: T,
}

/// A cooperation agreement.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreed {
    /// Its code: the same code again is another version.
    pub code: String,
    /// The municipality's number.
    pub municipality: String,
    /// The office, where it is for one alone.
    pub office: Option<String>,
    /// A word of [`Kind`].
    pub kind: String,
    /// Its title.
    pub title: String,
    /// When it was signed.
    pub signed_on: Date,
    /// The first day.
    pub from: Date,
    /// The first day after the last.
    pub until: Option<Date>,
    /// When it is to be looked at again.
    pub review_on: Option<Date>,
    /// What it is for.
    pub purposes: Vec<String>,
    /// Codes of agencies.
    pub parties: Vec<String>,
    /// Words of [`Clause`].
    #[serde(default)]
    pub clauses: Vec<String>,
    /// Codes of framework elements that it holds.
    #[serde(default)]
    pub elements: Vec<String>,
    /// Words of [`Service`](crate::network::Service) that it is about.
    #[serde(default)]
    pub remit: Vec<String>,
}

/// A contact person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The municipality's number.
    pub municipality: String,
    /// The agency's code.
    pub agency: String,
    /// The staff code.
    pub staff: String,
    /// The deputy's staff code.
    pub deputy: Option<String>,
    /// The first day.
    pub from: Date,
}

/// Posts set aside.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The municipality's number.
    pub municipality: String,
    /// The agency's code.
    pub agency: String,
    /// Posts in hundredths.
    pub hundredths: i64,
    /// The first day.
    pub from: Date,
}

/// How long two agencies have worked together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Past {
    /// The municipality's number.
    pub municipality: String,
    /// Two codes of agencies.
    pub agencies: [String; 2],
    /// Since when.
    pub since: Date,
}

/// A row of the division of tasks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskEntry {
    /// The municipality's number.
    pub municipality: String,
    /// A word of [`FollowTask`].
    pub task: String,
    /// The agency's code.
    pub agency: String,
    /// The first day.
    pub from: Date,
}

/// A topic that is common or local.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Its code.
    pub code: String,
    /// What it is about.
    pub name: String,
    /// A word of [`Scope`].
    pub scope: String,
    /// How it is, where it is common; what is proposed, where it is local.
    pub value: String,
    /// When it was decided.
    pub decided_on: Date,
    /// In which planning session.
    pub session: String,
}

/// A joint document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Its code: the same code again is another version.
    pub code: String,
    /// A word of [`DocumentKind`].
    pub kind: String,
    /// Its title.
    pub title: String,
    /// The first day.
    pub from: Date,
    /// What it says.
    pub text: String,
    /// Codes of the agencies that must follow it.
    pub agencies: Vec<String>,
}

/// A workflow and the document it carries out, in the version that is newest.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The document's code.
    pub document: String,
}

/// A trial or coordination.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effort {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The municipality's number.
    pub municipality: String,
    /// A word of [`Standing`].
    pub standing: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Option<Date>,
}

/// An element of a framework.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Element {
    /// Its code.
    pub code: String,
    /// A word of [`Part`].
    pub part: String,
    /// What it demands.
    pub text: String,
}

/// A framework.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameworkEntry {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// The first day.
    pub from: Date,
    /// The first day after the last.
    pub until: Option<Date>,
    /// Words of [`Service`](crate::network::Service) that local agreements may be about.
    pub remit: Vec<String>,
    /// What it demands.
    pub elements: Vec<Element>,
}

/// Who gets a report in which role.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// The body's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// A word of [`Body`](crate::standard::Body).
    pub kind: String,
    /// How to reach it.
    pub contact: String,
    /// Words of [`Report`](crate::standard::Report).
    #[serde(default)]
    pub reports: Vec<String>,
    /// In which role it gets them: a word of [`Receives`](crate::standard::Receives).
    #[serde(default)]
    pub role: String,
}

/// What somebody of the staff knows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Competent {
    /// The staff code.
    pub staff: String,
    /// Who steps in for them; keeps whoever does now when left out.
    pub deputy: Option<String>,
    /// A subject of mandates, where it is one.
    pub subject: Option<String>,
    /// What they know, in words.
    pub area: String,
}

/// Everything of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrangements {
    /// Frameworks.
    pub frameworks: Vec<At<FrameworkEntry>>,
    /// Agreements.
    pub agreements: Vec<At<Agreed>>,
    /// Contact persons.
    pub contacts: Vec<At<Contact>>,
    /// Posts set aside.
    pub shares: Vec<At<Share>>,
    /// Cooperation before.
    pub past: Vec<At<Past>>,
    /// The division of tasks.
    pub tasks: Vec<At<TaskEntry>>,
    /// Topics.
    pub topics: Vec<At<Topic>>,
    /// Documents.
    pub documents: Vec<At<Document>>,
    /// Workflows.
    pub workflows: Vec<At<Workflow>>,
    /// Trials and coordinations.
    pub efforts: Vec<At<Effort>>,
    /// Bodies that reports go to.
    pub bodies: Vec<At<Recipient>>,
    /// Who knows what.
    pub competences: Vec<At<Competent>>,
}
