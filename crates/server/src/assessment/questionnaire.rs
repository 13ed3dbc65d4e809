//! Reading an instrument in use from a FHIR Questionnaire (R4), REQ-MAP-23.
//!
//! Only what is said is taken: an item is brought in when it is put to a common dimension and has
//! five answers with a step from 1 to 5. Everything else is left out or told as a fault.

use std::collections::BTreeMap;

use onedoor_domain::assessment::{
    Asked, Dimension, FileFault, Instrument, Item, LARGEST, LineFault, MOST_ITEMS, Texts, check,
};
use onedoor_domain::person::Language;
use serde_json::Value;

/// The extension of a translated text.
const TRANSLATION: &str = "http://hl7.org/fhir/StructureDefinition/translation";
/// The extension of an answer's place on a scale.
const ORDINAL: &str = "http://hl7.org/fhir/StructureDefinition/ordinalValue";
/// How deep groups may lie in each other.
const DEEPEST: usize = 8;

fn fault(line: usize, place: &str, kind: FileFault, value: &str) -> LineFault {
    let value = value.chars().take(100).collect();
    LineFault { line, place: place.to_owned(), kind, value }
}

/// Which item is of which dimension: `linkId = dimension`, line by line.
pub(super) fn dimensions(text: &str) -> Result<BTreeMap<String, Dimension>, Vec<LineFault>> {
    let (mut all, mut faults) = (BTreeMap::new(), Vec::new());
    for (n, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let pair = line.split_once('=').map(|(item, word)| (item.trim(), word.trim()));
        let Some((item, word)) = pair.filter(|(item, _)| !item.is_empty()) else {
            faults.push(fault(n, "dimensions", FileFault::Shape, line));
            continue;
        };
        match Dimension::parse(word) {
            None => faults.push(fault(n, "dimensions", FileFault::UnknownWord, word)),
            Some(_) if all.contains_key(item) => {
                faults.push(fault(n, "dimensions", FileFault::Twice, item));
            }
            Some(dimension) => {
                all.insert(item.to_owned(), dimension);
            }
        }
    }
    if faults.is_empty() { Ok(all) } else { Err(faults) }
}

fn string<'v>(value: &'v Value, field: &str) -> &'v str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn list<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn language(tag: &str) -> Option<Language> {
    match tag.get(..2)? {
        "nb" | "no" => Some(Language::Nb),
        "nn" => Some(Language::Nn),
        "sv" => Some(Language::Sv),
        "en" => Some(Language::En),
        _ => None,
    }
}

/// A text with the translations that stand beside it.
fn texts(holder: &Value, field: &str, spoken: Language) -> Texts {
    let mut all = Texts::default();
    all.set(spoken, string(holder, field).trim());
    let Some(beside) = holder.get(format!("_{field}")) else { return all };
    for extension in list(beside, "extension").iter().filter(|it| string(it, "url") == TRANSLATION)
    {
        let parts = list(extension, "extension");
        let part = |url: &str| parts.iter().find(|part| string(part, "url") == url);
        let tag = part("lang").map(|it| string(it, "valueCode")).unwrap_or_default();
        let content = part("content").map(|it| string(it, "valueString")).unwrap_or_default();
        if let Some(tongue) = language(tag) {
            all.set(tongue, content.trim());
        }
    }
    all
}

/// The step that an answer stands for: what its extension says, or its place among five.
fn step(option: &Value, place: usize, all: usize) -> Option<u8> {
    let coding = option.get("valueCoding").unwrap_or(option);
    let said = [option, coding]
        .into_iter()
        .flat_map(|holder| list(holder, "extension"))
        .find(|it| string(it, "url") == ORDINAL)
        .and_then(|it| it.get("valueDecimal"))
        .and_then(Value::as_f64);
    match said {
        Some(number) => (1..=5_u8).find(|step| (f64::from(*step) - number).abs() < f64::EPSILON),
        None if all == 5 => u8::try_from(place + 1).ok(),
        None => None,
    }
}

/// The steps that the answers of an item stand for, by the code or text of each; none where they
/// are not a scale from 1 to 5.
pub(super) fn steps(item: &Value) -> Option<BTreeMap<String, u8>> {
    let options = list(item, "answerOption");
    let mut all = BTreeMap::new();
    for (place, option) in options.iter().enumerate() {
        let step = step(option, place, options.len())?;
        let coding = option.get("valueCoding");
        let code = coding.map(|it| string(it, "code")).unwrap_or_default();
        let code = if code.is_empty() { string(option, "valueString") } else { code };
        all.insert(code.to_owned(), step);
    }
    let mut seen: Vec<u8> = all.values().copied().collect();
    seen.sort_unstable();
    (seen == [1, 2, 3, 4, 5]).then_some(all)
}

/// Every question of a questionnaire, with those in groups.
pub(super) fn questions<'v>(holder: &'v Value, depth: usize, out: &mut Vec<&'v Value>) {
    if depth > DEEPEST {
        return;
    }
    for item in list(holder, "item") {
        if string(item, "type") != "group" && string(item, "type") != "display" {
            out.push(item);
        }
        questions(item, depth + 1, out);
    }
}

/// Reads JSON, with the line on which it breaks.
pub(super) fn json(text: &str) -> Result<Value, LineFault> {
    if text.len() > LARGEST {
        return Err(fault(1, "", FileFault::TooLarge, &text.len().to_string()));
    }
    serde_json::from_str(text)
        .map_err(|error| fault(error.line(), "", FileFault::Syntax, &error.to_string()))
}

/// Reads a questionnaire, with the items that are put to a dimension.
pub(super) fn read(text: &str, lines: &str) -> Result<Instrument, Vec<LineFault>> {
    let dimensions = dimensions(lines)?;
    let whole = json(text).map_err(|fault| vec![fault])?;
    if string(&whole, "resourceType") != "Questionnaire" {
        return Err(vec![fault(1, "resourceType", FileFault::UnknownFormat, "Questionnaire")]);
    }
    let spoken = language(string(&whole, "language")).unwrap_or_default();
    let mut found = Vec::new();
    questions(&whole, 0, &mut found);
    if found.len() > MOST_ITEMS {
        return Err(vec![fault(0, "item", FileFault::TooLarge, &found.len().to_string())]);
    }
    let mut faults = Vec::new();
    let mut items = Vec::new();
    for item in &found {
        let code = string(item, "linkId");
        let Some(dimension) = dimensions.get(code) else { continue };
        let Some(steps) = steps(item) else {
            faults.push(fault(0, code, FileFault::Anchors, code));
            continue;
        };
        let mut anchors: [Texts; 5] = Default::default();
        for option in list(item, "answerOption") {
            let coding = option.get("valueCoding").unwrap_or(option);
            let coded = string(coding, "code");
            let key = if coded.is_empty() { string(option, "valueString") } else { coded };
            let place = steps.get(key).and_then(|step| usize::from(*step).checked_sub(1));
            if let Some(anchor) = place.and_then(|at| anchors.get_mut(at)) {
                *anchor = match coding.get("display") {
                    Some(_) => texts(coding, "display", spoken),
                    None => texts(option, "valueString", spoken),
                };
            }
        }
        // What somebody uses is asked of them alone.
        let asked = if dimension.is_apart() { Asked::Person } else { Asked::Both };
        items.push(Item::new(code, *dimension, asked, texts(item, "text", spoken), anchors));
    }
    for code in dimensions.keys() {
        if !found.iter().any(|item| string(item, "linkId") == code) {
            faults.push(fault(0, "dimensions", FileFault::BadCode, code));
        }
    }
    let name = string(&whole, "name").to_lowercase().replace([' ', '_'], "-");
    let version = string(&whole, "version").to_owned();
    let instrument = Instrument { code: name, version, repeat_days: 91, items };
    faults.extend(check(&instrument, false));
    if faults.is_empty() { Ok(instrument) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{ "resourceType": "Questionnaire", "name": "Old_Map", "version": "3",
        "language": "sv", "item": [ { "linkId": "g", "type": "group", "item": [
            { "linkId": "1.1", "type": "choice", "text": "Hur bor du?",
              "_text": { "extension": [ { "url": "http://hl7.org/fhir/StructureDefinition/translation",
                "extension": [ { "url": "lang", "valueCode": "nb" },
                               { "url": "content", "valueString": "Hvordan bor du?" } ] } ] },
              "answerOption": [ { "valueString": "a" }, { "valueString": "b" },
                { "valueString": "c" }, { "valueString": "d" }, { "valueString": "e" } ] },
            { "linkId": "1.2", "type": "choice", "text": "Skulder?", "answerOption": [
                { "valueString": "ja" }, { "valueString": "nej" } ] } ] } ] }"#;

    /// REQ-MAP-23: an item that is put to a dimension is brought in with the languages there are;
    /// one that is not is left out; one without five steps, an item that is not there and a word
    /// that is no dimension are faults.
    #[test]
    fn an_instrument_in_use_is_read() {
        let read_in = read(FILE, "1.1 = housing").unwrap();
        assert_eq!((read_in.code.as_str(), read_in.version.as_str()), ("old-map", "3"));
        assert_eq!(read_in.items.len(), 1);
        let item = &read_in.items[0];
        assert_eq!(item.dimension, Dimension::Housing);
        assert_eq!(item.text.of(Language::Nb), "Hvordan bor du?");
        assert_eq!(item.text.of(Language::En), "Hvordan bor du?", "the nearest there is");
        assert_eq!(item.anchor(5, Language::Sv), "e");
        let kinds = |text: &str, lines: &str| -> Vec<FileFault> {
            read(text, lines).unwrap_err().into_iter().map(|fault| fault.kind).collect()
        };
        assert_eq!(kinds(FILE, "1.1 = housing\n1.2 = debt"), [FileFault::Anchors]);
        assert_eq!(kinds(FILE, "1.1 = housing\n9 = debt"), [FileFault::BadCode]);
        assert_eq!(kinds(FILE, "1.1 = luck"), [FileFault::UnknownWord]);
        assert_eq!(kinds(FILE, ""), [FileFault::NoItems]);
        assert_eq!(kinds("{ \"resourceType\": \"Patient\" }", ""), [FileFault::UnknownFormat]);
        let broken = read("{\n  \"resourceType\": }", "").unwrap_err();
        assert_eq!((broken[0].line, broken[0].kind), (2, FileFault::Syntax));
    }

    /// REQ-MAP-23: an answer's step is what its extension says.
    #[test]
    fn a_step_is_what_is_said() {
        let option = |n: u8| {
            serde_json::json!({ "valueCoding": { "code": format!("c{n}"),
                "extension": [{ "url": ORDINAL, "valueDecimal": f64::from(6 - n) }] } })
        };
        let item = serde_json::json!({ "answerOption": (1..=5).map(option).collect::<Vec<_>>() });
        assert_eq!(steps(&item).unwrap()["c1"], 5);
        let four = serde_json::json!({ "answerOption": (1..=4).map(option).collect::<Vec<_>>() });
        assert_eq!(steps(&four), None);
    }
}
