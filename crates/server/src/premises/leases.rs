//! Leases, area and seats in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, OfficeId, StaffId, UnitId};
use onedoor_domain::premises::{Area, Lease, Planning, flags, saving};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::policy::Proof;
use crate::web::Fault;

crate::sql! {
    LEASES = "select l.id, a.name, l.address, l.signed_on, l.starts_on, l.expires_on, l.notice_on,
            l.break_on, l.yearly_cost, l.within_budget, coalesce(o.name, '')
        from lease l join agency a on a.id = l.agency_id left join office o on o.id = l.office_id
        order by l.expires_on, a.name limit 500";
    ADD_LEASE = "insert into lease (id, agency_id, office_id, address, signed_on, starts_on,
            expires_on, notice_on, break_on, yearly_cost, within_budget, added_by, added_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    AREAS = "select a.id, a.name, f.phase, f.square_metres, f.staff, f.yearly_cost, f.open_plan
        from area_figure f join agency a on a.id = f.agency_id
        where f.office_id = $1 order by a.name, f.phase limit 100";
    SET_AREA = "insert into area_figure (office_id, agency_id, phase, square_metres, staff,
            yearly_cost, open_plan) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (office_id, agency_id, phase) do update
        set square_metres = excluded.square_metres, staff = excluded.staff,
            yearly_cost = excluded.yearly_cost, open_plan = excluded.open_plan";
    SEATS = "select u.name, a.name, p.seats, p.joint_tasks from seat_plan p
        join unit u on u.id = p.unit_id join agency a on a.id = u.agency_id
        where p.office_id = $1 order by a.name, u.name limit 200";
    SET_SEATS = "insert into seat_plan (office_id, unit_id, seats, joint_tasks)
        values ($1, $2, $3, $4) on conflict (office_id, unit_id) do update
        set seats = excluded.seats, joint_tasks = excluded.joint_tasks";
}

/// A lease with what it tells.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct LeaseLine {
    pub id: String,
    pub agency: String,
    /// The office that it is for; empty for none.
    pub office: String,
    pub address: String,
    pub signed_on: String,
    pub starts_on: String,
    pub expires_on: String,
    pub notice_on: Option<String>,
    pub break_on: Option<String>,
    pub yearly_cost: i64,
    /// What shows that the cost is inside ordinary budgets; empty for nothing.
    pub within_budget: String,
    /// Codes of what it tells: `blocks`, `opening`, `no_evidence`.
    pub flags: Vec<String>,
}

/// Every lease, those that end first at the top, with what it tells for a plan.
pub(super) async fn leases(
    link: &mut Link,
    planning: &Planning,
) -> Result<Vec<LeaseLine>, DbError> {
    let rows = link.rows(&LEASES, &[]).await?;
    let mut lines = Vec::new();
    for mut row in rows {
        let id: Uuid = row.get(0)?;
        let mut line = LeaseLine {
            id: id.to_string(),
            agency: row.get(1)?,
            address: row.get(2)?,
            signed_on: row.get(3)?,
            starts_on: row.get(4)?,
            expires_on: row.get(5)?,
            notice_on: row.get(6)?,
            break_on: row.get(7)?,
            yearly_cost: row.get(8)?,
            within_budget: row.get(9)?,
            office: row.get(10)?,
            flags: Vec::new(),
        };
        let day = |text: &str| text.parse::<Date>().ok();
        let days = (day(&line.signed_on), day(&line.starts_on), day(&line.expires_on));
        if let (Some(signed_on), Some(starts_on), Some(expires_on)) = days {
            let lease = Lease {
                signed_on,
                starts_on,
                expires_on,
                break_on: line.break_on.as_deref().and_then(day),
                within_budget: !line.within_budget.is_empty(),
            };
            let told = flags(&lease, planning).into_iter();
            line.flags = told.map(|it| it.as_str().to_owned()).collect();
        }
        lines.push(line);
    }
    Ok(lines)
}

/// A lease to be kept.
pub(super) struct NewLease<'a> {
    pub(super) agency: AgencyId,
    pub(super) office: Option<OfficeId>,
    pub(super) address: &'a str,
    pub(super) signed_on: Date,
    pub(super) starts_on: Date,
    pub(super) expires_on: Date,
    pub(super) notice_on: Option<Date>,
    pub(super) break_on: Option<Date>,
    pub(super) yearly_cost: i64,
    pub(super) within_budget: &'a str,
}

/// Registers a lease.
pub(super) async fn add(
    tx: &mut Tx,
    _: &dyn Proof,
    it: &NewLease<'_>,
    by: StaffId,
    now: Timestamp,
) -> Result<Uuid, Fault> {
    let id = crate::app::new_id();
    let args = args![
        id,
        it.agency,
        it.office,
        it.address,
        it.signed_on,
        it.starts_on,
        it.expires_on,
        it.notice_on,
        it.break_on,
        it.yearly_cost,
        it.within_budget,
        by,
        now,
    ];
    tx.run_one(&ADD_LEASE, args).await?;
    Ok(id)
}

/// What an agency saved in an office.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct SavingLine {
    pub agency: String,
    /// Tenths of a square metre for each member of staff before.
    pub before: i64,
    /// The same after.
    pub after: i64,
    pub square_metres: i64,
    pub yearly_cost: i64,
    /// Whether open-plan space is used now: one source of the saving.
    pub open_plan: bool,
}

/// The saving of each agency whose area is known before and after (REQ-ORG-37).
pub(super) async fn savings(link: &mut Link, office: OfficeId) -> Result<Vec<SavingLine>, DbError> {
    let mut known: Vec<(Uuid, String, String, Area, bool)> = Vec::new();
    for mut row in link.rows(&AREAS, args![office]).await? {
        let area =
            Area { square_metres: row.get(3)?, staff: row.get(4)?, yearly_cost: row.get(5)? };
        known.push((row.get(0)?, row.get(1)?, row.get(2)?, area, row.get(6)?));
    }
    let before = known.iter().filter(|it| it.2 == "before");
    let lines = before.filter_map(|(id, name, _, before, _)| {
        let after = known.iter().find(|it| it.0 == *id && it.2 == "after")?;
        let told = saving(*before, after.3);
        Some(SavingLine {
            agency: name.clone(),
            before: told.before,
            after: told.after,
            square_metres: told.square_metres,
            yearly_cost: told.yearly_cost,
            open_plan: after.4,
        })
    });
    Ok(lines.collect())
}

/// Keeps the area of an agency before or after.
pub(super) async fn set_area(
    tx: &mut Tx,
    _: &dyn Proof,
    (office, agency): (OfficeId, AgencyId),
    (phase, open_plan): (&str, bool),
    area: Area,
) -> Result<(), Fault> {
    let args =
        args![office, agency, phase, area.square_metres, area.staff, area.yearly_cost, open_plan,];
    tx.run(&SET_AREA, args).await?;
    Ok(())
}

/// Who sits together.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct SeatLine {
    pub unit: String,
    pub agency: String,
    pub seats: i64,
    pub joint_tasks: String,
}

/// The seats of an office, from the joint tasks (REQ-ORG-35).
pub(super) async fn seats(link: &mut Link, office: OfficeId) -> Result<Vec<SeatLine>, DbError> {
    let rows = link.rows(&SEATS, args![office]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(SeatLine {
                unit: row.get(0)?,
                agency: row.get(1)?,
                seats: row.get(2)?,
                joint_tasks: row.get(3)?,
            })
        })
        .collect()
}

/// Plans seats for a unit.
pub(super) async fn set_seats(
    tx: &mut Tx,
    _: &dyn Proof,
    (office, unit): (OfficeId, UnitId),
    seats: i64,
    joint_tasks: &str,
) -> Result<(), Fault> {
    tx.run(&SET_SEATS, args![office, unit, seats, joint_tasks]).await?;
    Ok(())
}
