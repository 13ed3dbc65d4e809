//! What a consent would open: the kinds of things that the program keeps, each
//! with its category and a way to count them. Whoever adds a kind of information
//! adds a line here, and every preview shows it.

use onedoor_domain::ids::{AgencyId, PersonId};
use onedoor_domain::secrecy::Category;

use super::store::Viewer;
use crate::args;
use crate::db::{DbError, Link, Personal};
use crate::policy::{Permit, Proof};
use crate::web::Fault;

// Each gives one number for a person ($1) and the agency that has it ($2).
crate::sql! {
    CONTACT = "select count(*) from person
        where id = $1 and contact_agency_id = $2
            and (phone <> '' or email <> '' or address <> '')";
    KNOWN = "select count(*) from person_agency where person_id = $1 and agency_id = $2";
    CASE = "select count(*) from shared_case
        where person_id = $1 and agency_id = $2 and closed_at is null";
    VISITS = "select count(*) from visit v join visit_agency a on a.visit_id = v.id
        where v.person_id = $1 and a.agency_id = $2";
    BENEFIT_RULINGS = "select count(*) from ruling where person_id = $1 and agency_id = $2
        and subject in ('unemployment_benefit', 'measure_allowance',
            'work_assessment_allowance', 'sickness_benefit', 'disability_benefit',
            'transitional_benefit', 'family_benefit', 'social_assistance')";
    WORK_RULINGS = "select count(*) from ruling where person_id = $1 and agency_id = $2
        and subject in ('measure', 'support_needs', 'qualification_programme')";
    HOUSING_RULINGS = "select count(*) from ruling where person_id = $1 and agency_id = $2
        and subject = 'housing'";
    DEBT_RULINGS = "select count(*) from ruling where person_id = $1 and agency_id = $2
        and subject = 'debt_counselling'";
    CHILD_RULINGS = "select count(*) from ruling where person_id = $1 and agency_id = $2
        and subject = 'child_welfare'";
}

/// A kind of thing that a consent may open.
pub struct Openable {
    /// Its code; the text is `opens-<code>`.
    pub code: &'static str,
    /// The kind of information that it is.
    pub category: Category,
    count: &'static Personal,
}

/// Every kind of thing, in the order in which a preview shows them.
pub static OPENABLE: &[Openable] = &[
    Openable { code: "contact", category: Category::Id, count: &CONTACT },
    Openable { code: "known", category: Category::Case, count: &KNOWN },
    Openable { code: "case", category: Category::Case, count: &CASE },
    Openable { code: "step", category: Category::Case, count: &CASE },
    Openable { code: "visits", category: Category::Case, count: &VISITS },
    Openable { code: "work-rulings", category: Category::Emp, count: &WORK_RULINGS },
    Openable { code: "benefit-rulings", category: Category::Ben, count: &BENEFIT_RULINGS },
    Openable { code: "housing-rulings", category: Category::Housing, count: &HOUSING_RULINGS },
    Openable { code: "debt-rulings", category: Category::Debt, count: &DEBT_RULINGS },
    Openable { code: "child-rulings", category: Category::Child, count: &CHILD_RULINGS },
];

/// What would open of one category, from one agency: each kind of thing, with how
/// many there are now. A worker gets numbers of their own agency only; another's
/// would tell before anything was consented to.
///
/// # Errors
/// When the database does not answer.
pub async fn opens(
    link: &mut Link,
    permit: &Permit,
    viewer: Viewer,
    from: AgencyId,
    category: Category,
) -> Result<Vec<(&'static str, Option<i64>)>, Fault> {
    let person = permit.the_person()?;
    let counted = match viewer {
        Viewer::Person => true,
        Viewer::Agency(own) => own == from,
    };
    let mut out = Vec::new();
    for one in OPENABLE.iter().filter(|one| one.category == category) {
        let number =
            if counted { Some(count(link, permit, one, person, from).await?) } else { None };
        out.push((one.code, number));
    }
    Ok(out)
}

async fn count(
    link: &mut Link,
    proof: &dyn Proof,
    one: &Openable,
    person: PersonId,
    from: AgencyId,
) -> Result<i64, DbError> {
    let row = link.row(proof.opens(one.count), args![person, from]).await?;
    row.map_or(Ok(0), |mut row| row.get(0))
}
