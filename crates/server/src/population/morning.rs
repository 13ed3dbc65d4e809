//! This morning at the offices of the first city, and some visits before it.

use super::PopulationFault;
use super::calendar::{Calendar, DAY, HOUR, MINUTE, office_hours, workday_before};
use super::city::City;
use super::random::Random;
use super::tables::Out;
use super::visits::{Coming, Guest, Progress, Visits};

/// So far back people still remember having been here, in days.
const MONTHS: i64 = 120;

/// A visit of some day before today, not yet made: visits must be made in the
/// order of arrival, and people come in the order of their cases.
pub(super) struct Past {
    at: i64,
    city: usize,
    guest: Guest,
}

/// Sometimes, a visit or two of a person in the last months.
pub(super) fn remember(
    random: &mut Random,
    calendar: &Calendar,
    city: usize,
    guest: &dyn Fn() -> Guest,
    past: &mut Vec<Past>,
) {
    if !random.chance(130) {
        return;
    }
    for _ in 0..=random.below(2) {
        let day = workday_before(calendar.today - random.between(1, MONTHS));
        past.push(Past { at: office_hours(random, day), city, guest: guest() });
    }
}

/// Makes the visits of days before today.
pub(super) fn before(
    random: &mut Random,
    calendar: &Calendar,
    out: &mut Out,
    cities: &[City],
    visits: &mut Visits<'_>,
    mut past: Vec<Past>,
) -> Result<(), PopulationFault> {
    past.sort_by_key(|it| (it.at, it.guest.id));
    for it in past {
        let city = cities.get(it.city).ok_or(PopulationFault::Empty)?;
        let doors = city.doors.len() as u64;
        let office = if random.chance(900) {
            city.quarter(it.guest.district)?.office
        } else {
            usize::try_from(random.below(doors)).unwrap_or(0)
        };
        let called = it.at + random.between(MINUTE, 30 * MINUTE);
        let closed = called + random.between(2 * MINUTE, 35 * MINUTE);
        let server = *random.pick(&city.door(office)?.reception)?;
        let coming = Coming {
            city,
            office,
            arrived: it.at,
            progress: Progress::Closed { called, closed },
            guest: Some(&it.guest),
            said: &it.guest.name,
            server,
        };
        visits.make(random, calendar, out, &coming)?;
        out.full()?;
    }
    Ok(())
}

/// Makes the visits of today at every office of the city.
pub(super) fn today(
    random: &mut Random,
    calendar: &Calendar,
    out: &mut Out,
    city: &City,
    visits: &mut Visits<'_>,
    guests: &[Guest],
) -> Result<(), PopulationFault> {
    let midnight = calendar.instant(calendar.today, 0)?;
    let start = midnight.max(calendar.now - 3 * HOUR);
    for (office, door) in city.doors.iter().enumerate() {
        let near: Vec<&Guest> = guests.iter().filter(|it| it.district == door.district).collect();
        let far: Vec<&Guest> = guests.iter().filter(|it| it.district != door.district).collect();
        let mut servers = door.reception.clone();
        let mut met: Vec<uuid::Uuid> = Vec::new();
        for (arrived, progress) in arrivals(random, start, calendar.now) {
            let pool = if far.is_empty() || random.chance(850) { &near } else { &far };
            let mut guest = random.pick(pool).ok().copied();
            // Nobody comes twice in one morning.
            guest = guest.filter(|it| !met.contains(&it.id));
            met.extend(guest.map(|it| it.id));
            let roll = random.below(100);
            let said = guest.filter(|_| roll >= 12).map_or("", |it| it.name.as_str());
            let guest = guest.filter(|_| roll >= 28);
            let server = match progress {
                // One at a time for each of them.
                Progress::Serving { .. } if servers.len() > 1 => {
                    let at = random.below(servers.len() as u64);
                    servers.swap_remove(usize::try_from(at).unwrap_or(0))
                }
                _ => *random.pick(&door.reception)?,
            };
            let coming = Coming { city, office, arrived, progress, guest, said, server };
            visits.make(random, calendar, out, &coming)?;
        }
    }
    Ok(())
}

/// When people came this morning and how far they have come, in order.
fn arrivals(random: &mut Random, start: i64, now: i64) -> Vec<(i64, Progress)> {
    let window = (now - start).clamp(0, DAY);
    let within = |random: &mut Random, from: i64, to: i64| {
        start + random.between(window * from / 100, window * to / 100)
    };
    let mut all = Vec::new();
    for _ in 0..random.between(33, 37) {
        let arrived = within(random, 0, 84);
        let called = arrived + random.between(0, (25 * MINUTE).min((now - arrived) / 2));
        let closed = called + random.between(0, (30 * MINUTE).min(now - called));
        all.push((arrived, Progress::Closed { called, closed }));
    }
    for _ in 0..random.between(5, 7) {
        let arrived = within(random, 75, 93);
        let called = arrived + random.between(0, now - arrived);
        all.push((arrived, Progress::Serving { called }));
    }
    for _ in 0..random.between(8, 10) {
        all.push((within(random, 80, 100), Progress::Waiting));
    }
    all.sort_by_key(|(arrived, _)| *arrived);
    all
}
