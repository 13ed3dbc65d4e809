//! Who may act for whom: rights that somebody recorded and somebody else confirmed. A right that
//! was given on a record goes with it when the record is joined to another (REQ-INFO-08).

use onedoor_domain::ids::PersonId;
use onedoor_domain::secrecy::Action;
use onedoor_domain::secrecy::own::{Mandate, Matter, Right};
use serde::Serialize;
use utoipa::ToSchema;

use super::store::name;
use crate::args;
use crate::db::{DbError, Link};
use crate::policy::{self, Permit};
use crate::web::{Fault, Own};

crate::sql! {
    MANDATES = "select kind, categories, valid_from, valid_until from representation
        where person_id in (select id from person where id = $1 or merged_into = $1)
            and representative_person_id in (
                select id from person where id = $2 or merged_into = $2)
            and confirmed_at is not null
        order by valid_from limit 20";
    ACTS_FOR = "select distinct coalesce(m.merged_into, m.id) from representation r
        join person m on m.id = r.person_id
        where r.representative_person_id in (
                select id from person where id = $1 or merged_into = $1)
            and r.confirmed_at is not null
            and r.valid_from <= $2 and (r.valid_until is null or r.valid_until > $2)
        order by 1 limit 50";
}

/// The recorded and confirmed rights of one person to act for another, whether in force or not.
pub(super) async fn mandates(
    link: &mut Link,
    permit: &Permit,
    by: PersonId,
) -> Result<Vec<Mandate>, DbError> {
    let mut found = Vec::new();
    for mut row in link.rows(permit.opens(&MANDATES), args![permit.person(), by]).await? {
        let (kind, covers): (String, String) = (row.get(0)?, row.get(1)?);
        // A right of an unknown kind is none.
        let Some(right) = Right::parse(&kind) else { continue };
        found.push(Mandate {
            right,
            covers: covers.split_whitespace().filter_map(Matter::parse).collect(),
            from: row.get(2)?,
            until: row.get(3)?,
        });
    }
    Ok(found)
}

/// Somebody whom the one signed in may act for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ActsFor {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// Whom the one signed in may act for today; the permit is for their own file.
pub(super) async fn acts_for(
    own: &Own,
    link: &mut Link,
    mine: &Permit,
) -> Result<Vec<ActsFor>, Fault> {
    let mut list: Vec<ActsFor> = Vec::new();
    for mut row in link.rows(mine.opens(&ACTS_FOR), args![mine.person(), own.today()]).await? {
        let id: PersonId = row.get(0)?;
        // What holds no more is left out; one's own page is there all the same.
        let permit = match policy::own_file(own, link, Action::ReadOwn, id).await {
            Ok(permit) if permit.person() == mine.person() => continue,
            Err(Fault::Hidden) => continue,
            other => other?,
        };
        list.push(ActsFor { id: id.to_string(), name: name(link, &permit).await? });
    }
    Ok(list)
}
