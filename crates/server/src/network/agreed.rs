//! What an office offers because the agencies have agreed it: on which days a service stands on an
//! agreement, and which services of a place do (REQ-ORG-26).

use std::collections::BTreeMap;

use jiff::civil::Date;
use onedoor_domain::agreement::{Version, bearing};
use onedoor_domain::ids::{OfficeId, UnitId};
use onedoor_domain::network::Service;
use onedoor_domain::office::Period;
use uuid::Uuid;

use super::inventory::{self, NewLine};
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::office::store::Choice;
use crate::web::Fault;

/// Part of a statement: the line `i` of an inventory is there on a day: its own days hold it, and
/// where it stands on an agreement, the version in force on that day has the service in its remit.
macro_rules! offered_on {
    ($day:literal) => {
        concat!(
            "i.valid_from <= ",
            $day,
            " and (i.valid_until is null or i.valid_until > ",
            $day,
            ") and (i.agreement_id is null or exists (select 1 from agreement_version gv
                where gv.agreement_id = i.agreement_id and gv.valid_from <= ",
            $day,
            " and (gv.valid_until is null or gv.valid_until > ",
            $day,
            ") and (' ' || gv.remit || ' ') like ('% ' || i.service || ' %')
                and not exists (select 1 from agreement_version gw
                    where gw.agreement_id = gv.agreement_id and gw.n > gv.n
                        and gw.valid_from <= ",
            $day,
            " and (gw.valid_until is null or gw.valid_until > ",
            $day,
            "))))"
        )
    };
}
pub(crate) use offered_on;

crate::sql! {
    VERSIONS_AT = "select v.agreement_id, v.n, v.valid_from, v.valid_until, v.remit, v.title
        from inventory_line i join agreement_version v on v.agreement_id = i.agreement_id
        where i.office_id = $1 limit 5000";
    // An agreement of the office's municipality, for all its offices or for this one.
    AGREED = "select g.id, v.n, v.valid_from, v.valid_until, v.remit, v.title
        from agreement g join office o on o.id = $2 and o.municipality = g.municipality
        join agreement_version v on v.agreement_id = g.id
        where g.id = $1 and (g.office_id is null or g.office_id = o.id) limit 500";
    CHOICES = "select g.id, v.title from office o join agreement g on g.municipality = o.municipality
            and (g.office_id is null or g.office_id = o.id)
        join agreement_version v on v.agreement_id = g.id and v.n = (
            select max(w.n) from agreement_version w where w.agreement_id = g.id)
        where o.id = $1 order by v.title limit 500";
    OF_PLACE = concat!("select o.id, o.name, i.service, i.agreement_id, i.valid_from, i.valid_until
        from office o join inventory_line i on i.office_id = o.id and i.agreement_id is not null
        where o.municipality = $1 and ", offered_on!("$2"), "
        order by o.name, i.service limit 1000");
    VERSIONS_IN = "select g.id, v.n, v.valid_from, v.valid_until, v.remit, v.title
        from agreement g join agreement_version v on v.agreement_id = g.id
        where g.municipality = $1 limit 5000";
    THERE = "select 1 from inventory_line where office_id = $1 and service = $2
        and agreement_id = $3 and valid_until is null limit 1";
    // A unit of a party at the office: the municipality's first, and behind the reception.
    PARTY_UNIT = "select u.id from unit u join agency a on a.id = u.agency_id
        join agreement_party p on p.agreement_id = $2 and p.agency_id = u.agency_id
        where u.office_id = $1 and not u.delivers and u.valid_from <= $3
            and (u.valid_until is null or u.valid_until > $3)
        order by case when a.kind = 'social' then 0 else 1 end,
            case when u.kind = 'back_office' then 0 else 1 end, u.code limit 1";
}

/// The versions of some agreements: days, remit and title.
#[derive(Default)]
pub(super) struct Agreed(BTreeMap<Uuid, Vec<(Version, Vec<String>, String)>>);

impl Agreed {
    fn of(rows: Vec<Row>) -> Result<Self, DbError> {
        let mut all = Self::default();
        for mut row in rows {
            let (id, remit): (Uuid, String) = (row.get(0)?, row.get(4)?);
            let valid = Period { from: row.get(2)?, until: row.get(3)? };
            let version = Version { n: row.get(1)?, valid };
            let remit = remit.split_whitespace().map(str::to_owned).collect();
            let versions = all.0.entry(id).or_default();
            // An office with several lines on one agreement reads it several times.
            if !versions.iter().any(|it| it.0.n == version.n) {
                versions.push((version, remit, row.get(5)?));
            }
        }
        Ok(all)
    }

    /// The days on which a service stands on an agreement.
    pub(super) fn days(&self, agreement: Uuid, service: &str) -> Vec<Period> {
        let versions = self.0.get(&agreement).map_or(&[][..], Vec::as_slice);
        let versions: Vec<(Version, bool)> =
            versions.iter().map(|it| (it.0, it.1.iter().any(|one| one == service))).collect();
        bearing(&versions)
    }

    /// The first stretch of a line's days that holds on a day or later, as far as its agreement
    /// bears it.
    pub(super) fn bounded(
        &self,
        (agreement, service): (Uuid, &str),
        own: Period,
        on: Date,
    ) -> Option<Period> {
        let days = self.days(agreement, service);
        let within = days.iter().filter_map(|it| it.within(&own));
        within.filter(|it| it.until.is_none_or(|until| until > on)).min_by_key(|it| it.from)
    }

    /// The title of the newest version.
    pub(super) fn title(&self, agreement: Uuid) -> String {
        let versions = self.0.get(&agreement).into_iter().flatten();
        versions.max_by_key(|it| it.0.n).map(|it| it.2.clone()).unwrap_or_default()
    }
}

/// The agreements that the lines of an office stand on.
pub(super) async fn at(link: &mut Link, office: OfficeId) -> Result<Agreed, DbError> {
    Agreed::of(link.rows(&VERSIONS_AT, args![office]).await?)
}

/// Whether an agreement that holds for an office has a service in any version's remit.
pub(super) async fn opens_for(
    link: &mut Link,
    office: OfficeId,
    agreement: Uuid,
    service: Service,
) -> Result<bool, DbError> {
    let agreed = Agreed::of(link.rows(&AGREED, args![agreement, office]).await?)?;
    Ok(!agreed.days(agreement, service.as_str()).is_empty())
}

/// The agreements that a line of an office can stand on.
pub(super) async fn choices(link: &mut Link, office: OfficeId) -> Result<Vec<Choice>, DbError> {
    let rows = link.rows(&CHOICES, args![office]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(Choice { id: id.to_string(), name: row.get(1)? })
        })
        .collect()
}

/// A service that an office gives because it was agreed.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The office.
    pub office: OfficeId,
    /// Its name.
    pub office_name: String,
    /// The service's code.
    pub service: String,
    /// The agreement.
    pub agreement: Uuid,
    /// The agreement's title.
    pub title: String,
    /// Since when, without a break.
    pub from: Date,
}

/// The services of a municipality that stand on an agreement on a day.
///
/// # Errors
/// When the database does not answer.
pub async fn standing(
    link: &mut Link,
    municipality: &str,
    on: Date,
) -> Result<Vec<Standing>, DbError> {
    let agreed = Agreed::of(link.rows(&VERSIONS_IN, args![municipality]).await?)?;
    let mut all = Vec::new();
    for mut row in link.rows(&OF_PLACE, args![municipality, on]).await? {
        let (service, agreement): (String, Uuid) = (row.get(2)?, row.get(3)?);
        let own = Period { from: row.get(4)?, until: row.get(5)? };
        let days = agreed.bounded((agreement, &service), own, on);
        all.push(Standing {
            office: row.get(0)?,
            office_name: row.get(1)?,
            title: agreed.title(agreement),
            from: days.map_or(own.from, |it| it.from),
            service,
            agreement,
        });
    }
    Ok(all)
}

/// Lets an office offer a service on an agreement, given by a unit of one of its parties. Tells
/// whether there is such a unit; what is there already stays.
///
/// # Errors
/// When the database refuses.
pub async fn stand_on(
    tx: &mut Tx,
    office: OfficeId,
    (service, agreement): (Service, Uuid),
    (from, today): (Date, Date),
) -> Result<bool, Fault> {
    if tx.row(&THERE, args![office, service.as_str(), agreement]).await?.is_some() {
        return Ok(true);
    }
    let Some(mut row) = tx.row(&PARTY_UNIT, args![office, agreement, today]).await? else {
        return Ok(false);
    };
    let new = NewLine {
        service,
        unit: UnitId(row.get(0)?),
        decided_by: None,
        inside: true,
        partner: String::new(),
        address: String::new(),
        route: String::new(),
        terms: String::new(),
        agreement: Some(agreement),
        from,
        until: None,
    };
    inventory::add(tx, office, &new).await?;
    Ok(true)
}
