//! How far two assessors agree (REQ-MAP-09): counted of nobody in particular, month by month.

use onedoor_domain::assessment::{Answer, Matrix, kappa};
use onedoor_domain::ids::OfficeId;
use uuid::Uuid;

use super::store::Assessment;
use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::policy::Permit;
use crate::web::{Desk, Fault};

crate::sql! {
    ADD = "insert into assessor_agreement (instrument_id, office_id, month, first, second, pairs)
        values ($1, $2, $3, $4, $5, 1)
        on conflict (instrument_id, office_id, month, first, second)
            do update set pairs = assessor_agreement.pairs + 1";
    // Months that are over: a figure of today would tell of the one who was mapped today.
    PAIRS = "select g.first, g.second, cast(sum(g.pairs) as bigint), i.code, i.version, i.id
        from assessor_agreement g join instrument i on i.id = g.instrument_id
        where g.office_id = $1 and g.month < $2
        group by g.first, g.second, i.code, i.version, i.id
        order by i.code, i.version, g.first, g.second limit 2000";
}

/// Counts the pairs of steps that two assessors gave, item by item and side by side. What is held
/// apart is not among the answers that are seen, and so in no figure.
pub(super) async fn add(
    desk: &Desk,
    tx: &mut Tx,
    _: &Permit,
    (head, first, second): (&Assessment, &[Answer], &[Answer]),
) -> Result<(), Fault> {
    let month = desk.today().first_of_month();
    for one in second {
        let other = first.iter().rfind(|it| it.item == one.item && it.side == one.side);
        let steps = other.and_then(|other| other.given.step().zip(one.given.step()));
        let Some((before, now)) = steps else { continue };
        let args = args![head.instrument, head.office, month, i64::from(before), i64::from(now),];
        tx.run_one(&ADD, args).await?;
    }
    Ok(())
}

/// The agreement of an instrument at an office.
pub(super) struct AgreementFigure {
    /// The instrument by its code and version.
    pub(super) instrument: String,
    /// How many pairs were compared.
    pub(super) pairs: i64,
    /// Beyond chance, in thousandths.
    pub(super) kappa: Option<i64>,
}

/// The agreement of each instrument at an office, up to the month that runs.
pub(super) async fn figures(
    link: &mut Link,
    _: &Permit,
    office: OfficeId,
    month: jiff::civil::Date,
) -> Result<Vec<AgreementFigure>, DbError> {
    let mut all: Vec<(Uuid, String, Matrix)> = Vec::new();
    for mut row in link.rows(&PAIRS, args![office, month]).await? {
        let (first, second): (i64, i64) = (row.get(0)?, row.get(1)?);
        let pairs: i64 = row.get(2)?;
        let (code, version): (String, String) = (row.get(3)?, row.get(4)?);
        let id: Uuid = row.get(5)?;
        if all.last().is_none_or(|(last, ..)| *last != id) {
            all.push((id, format!("{code} {version}"), [[0; 5]; 5]));
        }
        let cell = |n: i64| usize::try_from(n - 1).ok();
        if let (Some((.., matrix)), Some(i), Some(j)) = (all.last_mut(), cell(first), cell(second))
            && let Some(place) = matrix.get_mut(i).and_then(|row| row.get_mut(j))
        {
            *place += pairs;
        }
    }
    Ok(all
        .into_iter()
        .map(|(_, instrument, matrix)| AgreementFigure {
            instrument,
            pairs: matrix.iter().flatten().sum(),
            kappa: kappa(&matrix),
        })
        .collect())
}
