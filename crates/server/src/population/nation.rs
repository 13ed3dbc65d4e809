//! More cities for large populations, and the rows of an organisation.
//!
//! A further city is a copy of the first under codes of its own: a
//! municipality with its own social services, while the state's two agencies
//! serve all of them, as they do in a real country.

use onedoor_domain::office::{AgencyKind, OfficeSet, PrincipalKind};

use super::PopulationFault;
use super::names::{TOWN_HEADS, TOWN_TAILS};
use super::people::Names;
use super::random::Random;
use super::tables::{Out, cells};
use crate::app::id_of;

/// The set of the `n`-th city; the first is number 1 and stays as it is.
pub(super) fn further(
    first: &OfficeSet,
    n: u64,
    names: &Names,
    random: &mut Random,
) -> Result<OfficeSet, PopulationFault> {
    let prefix = format!("m{n:03}-");
    let own = |code: &mut String| code.insert_str(0, &prefix);
    let town = format!("{}{}", random.pick(TOWN_HEADS)?, random.pick(TOWN_TAILS)?);
    let mut set = first.clone();
    let social = set.agencies.iter().find(|it| it.kind == AgencyKind::Social);
    let social = social.ok_or(PopulationFault::Empty)?.code.clone();
    for it in set.principals.iter_mut().filter(|it| it.kind == PrincipalKind::Municipality) {
        own(&mut it.code);
        it.name = format!("{town} kommune");
    }
    for it in set.agencies.iter_mut().filter(|it| it.code == social) {
        own(&mut it.code);
        own(&mut it.principal);
    }
    // The numbers of real municipalities end before 9000.
    let number = if n < 100 { 9900 + n } else { 9000 + n % 900 };
    set.municipality = number.to_string();
    set.municipality_name.clone_from(&town);
    let area = |code: &str| format!("{number}{}", code.get(4..).unwrap_or(code));
    for it in &mut set.basic_units {
        it.code = area(&it.code);
        it.municipality.clone_from(&set.municipality);
    }
    for it in &mut set.districts {
        own(&mut it.code);
        own(&mut it.office);
    }
    for it in &mut set.offices {
        own(&mut it.code);
        own(&mut it.manager);
        it.district.iter_mut().for_each(own);
        it.name = format!("{}, {town}", it.name);
    }
    for it in &mut set.units {
        own(&mut it.code);
        own(&mut it.office);
        it.last_resort.iter_mut().for_each(own);
        if it.agency == social {
            own(&mut it.agency);
        }
    }
    boundaries(&mut set, &social, &own, &area);
    for it in &mut set.staff {
        own(&mut it.code);
        own(&mut it.unit);
        it.subject = None;
        it.email = format!("{}@example.no", it.code);
        it.name = names.of_staff(random)?;
    }
    Ok(set)
}

/// Gives the boundary sets the further city's codes.
fn boundaries(
    set: &mut OfficeSet,
    social: &str,
    own: &impl Fn(&mut String),
    area: &impl Fn(&str) -> String,
) {
    for it in &mut set.boundary_sets {
        own(&mut it.code);
        if it.agency == social {
            own(&mut it.agency);
        }
        let units = std::mem::take(&mut it.units).into_iter().map(|(mut district, mut units)| {
            own(&mut district);
            units.iter_mut().for_each(own);
            (district, units)
        });
        it.units = units.collect();
        let places = std::mem::take(&mut it.assignments).into_iter().map(|(code, mut to)| {
            own(&mut to);
            (area(&code), to)
        });
        it.assignments = places.collect();
    }
}

/// Writes the rows of an organisation; `shared` with what the state's agencies
/// share between cities.
pub(super) fn put(out: &mut Out, set: &OfficeSet, shared: bool) -> Result<(), PopulationFault> {
    for it in &set.principals {
        if shared || it.kind == PrincipalKind::Municipality {
            let id = id_of("principal", &it.code);
            out.principal.push(cells![id, &it.code, &it.name, it.kind.as_str()])?;
        }
    }
    for it in &set.agencies {
        if shared || it.kind == AgencyKind::Social {
            let (id, principal) = (id_of("agency", &it.code), id_of("principal", &it.principal));
            out.agency.push(cells![id, &it.code, &it.name, it.kind.as_str(), principal])?;
        }
    }
    for it in &set.offices {
        let (id, manager) = (id_of("office", &it.code), id_of("staff", &it.manager));
        out.office.push(cells![
            id,
            &it.code,
            &it.name,
            &it.address,
            &it.postcode,
            &it.phone,
            manager,
            &set.municipality
        ])?;
        for hours in &it.opening {
            let clock = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
            let (opens, closes) = (clock(hours.opens), clock(hours.closes));
            out.opening.push(cells![id, i64::from(hours.weekday), &opens, &closes])?;
        }
    }
    units(out, set)?;
    places(out, set)?;
    for it in &set.staff {
        out.staff.push(cells![
            id_of("staff", &it.code),
            &it.code,
            &it.name,
            &it.email,
            it.subject.as_deref(),
            id_of("unit", &it.unit),
            it.role.as_str(),
            it.clearance.as_str(),
            it.on_duty,
            // State agencies serve the whole country, as in the offices measured.
            "national",
        ])?;
    }
    // What is pointed at goes first where the tables were not empty.
    Ok(out.rest()?)
}

fn units(out: &mut Out, set: &OfficeSet) -> Result<(), PopulationFault> {
    for it in &set.units {
        let id = id_of("unit", &it.code);
        let last_resort = it.last_resort.as_ref().map(|code| id_of("staff", code));
        let (from, until) = (it.valid.from.to_string(), it.valid.until.map(|d| d.to_string()));
        out.unit.push(cells![
            id,
            &it.code,
            &it.name,
            id_of("agency", &it.agency),
            id_of("office", &it.office),
            it.kind.as_str(),
            last_resort,
            &from,
            until.as_deref(),
        ])?;
        for held in &it.mandates {
            let from = held.valid.from.to_string();
            let until = held.valid.until.map(|day| day.to_string());
            out.mandate.push(cells![id, held.subject.as_str(), &from, until.as_deref()])?;
        }
    }
    Ok(())
}

fn places(out: &mut Out, set: &OfficeSet) -> Result<(), PopulationFault> {
    for it in &set.basic_units {
        out.basic_unit.push(cells![&it.code, &it.name, &it.municipality, it.inhabitants])?;
    }
    for it in &set.districts {
        let (id, office) = (id_of("district", &it.code), id_of("office", &it.office));
        out.district.push(cells![id, &it.code, &it.name, office])?;
    }
    for it in &set.boundary_sets {
        let agency = id_of("agency", &it.agency);
        let (from, until) = (it.valid.from.to_string(), it.valid.until.map(|d| d.to_string()));
        let (from, until) = (from.as_str(), until.as_deref());
        for (area, district) in &it.assignments {
            let district = id_of("district", district);
            out.boundary.push(cells![agency, area, from, until, district])?;
        }
        for (district, units) in &it.units {
            let district = id_of("district", district);
            for (n, unit) in (0_i64..).zip(units) {
                let unit = id_of("unit", unit);
                out.district_unit.push(cells![agency, district, from, until, n, unit])?;
            }
        }
    }
    Ok(())
}
