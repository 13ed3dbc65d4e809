//! The door to the database: groups, rollbacks, full disks, migrations.

use onedoor_server::args;
use onedoor_server::db::{Db, DbError, Engine, Pending, Plain};

use crate::support::{House, MORNING, engines, house, on_both, runtime};

static PUT: Plain =
    Plain::new("test::PUT", "insert into installation (key, value) values ($1, $2)");
static COUNT: Plain = Plain::new("test::COUNT", "select count(*) from installation");

async fn count(db: &Db) -> i64 {
    let mut conn = db.read().await.unwrap();
    conn.row(&COUNT, &[]).await.unwrap().unwrap().get(0).unwrap()
}

/// Many transactions at once share commits, and each that said yes is there;
/// one that fails or is dropped takes nothing of the others with it.
#[test]
fn transactions_at_once_are_each_whole() {
    on_both(|house| async move {
        let db = house.app.db.clone();
        let before = count(&db).await;
        let mut tasks = Vec::new();
        for n in 0..200_i64 {
            let db = db.clone();
            tasks.push(tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                tx.run(&PUT, args![format!("k{n}"), "x"]).await.unwrap();
                match n % 4 {
                    // Dropped: it never was.
                    0 => drop(tx),
                    // Fails: the same key again.
                    1 => {
                        let twice = tx.run(&PUT, args![format!("k{n}"), "x"]).await;
                        assert!(matches!(twice, Err(DbError::Unique { .. })), "{twice:?}");
                        drop(tx);
                    }
                    _ => tx.commit().await.unwrap(),
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        // A rollback on PostgreSQL runs behind the drop.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        assert_eq!(count(&db).await - before, 100);
    });
}

/// A full disk is said as such, keeps nothing of the work, and harms nothing
/// that was there.
#[test]
fn a_full_disk_keeps_nothing_half() {
    runtime().block_on(async {
        let house = house(Engine::Sqlite).await;
        let db = &house.app.db;
        let before = count(db).await;
        let mut tx = db.begin().await.unwrap();
        let pages: i64 = tx.text_rows("pragma page_count").await.unwrap()[0].get(0).unwrap();
        tx.text_rows(&format!("pragma max_page_count = {}", pages + 3)).await.unwrap();
        drop(tx);
        let big = "x".repeat(100_000);
        let mut tx = db.begin().await.unwrap();
        let full = async {
            for n in 0..10_i64 {
                tx.run(&PUT, args![format!("big{n}"), &big]).await?;
            }
            tx.commit().await
        }
        .await;
        assert!(matches!(full, Err(DbError::Full)), "{full:?}");
        assert_eq!(count(db).await, before);
        // The page says what to do, with the status that says it.
        let worker = house.staff(&house.worker("social-adult-heimdal", "caseworker", 0)).await;
        let long = "x".repeat(190);
        let mut seen = std::collections::BTreeSet::new();
        for n in 0..200 {
            let family = format!("N{}", char::from(b'a' + (n % 26) as u8));
            let form = serde_json::json!({
                "family": family, "address": long, "postcode": long, "phone": long,
                "none_of_these": "yes",
            });
            let answer = worker.post("/persons", &form).await;
            seen.insert(answer.status.as_u16());
            if answer.status.as_u16() == 507 {
                assert_eq!(answer.code(), "disk-full");
                break;
            }
        }
        assert!(seen.contains(&507), "{seen:?}");
        let mut tx = db.begin().await.unwrap();
        tx.text_rows("pragma max_page_count = 1000000").await.unwrap();
        tx.run(&PUT, args!["after", "x"]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(count(db).await, before + 1);
    });
}

/// Migrations run once, forward, and a changed or newer one is refused.
#[test]
fn migrations_go_forward_only() {
    for engine in engines() {
        runtime().block_on(async {
            let house = house(engine).await;
            let db = &house.app.db;
            let now = MORNING.parse().unwrap();
            assert_eq!(db.pending().await.unwrap(), Pending::Nothing);
            assert!(db.migrate(now).await.unwrap().is_empty(), "nothing runs twice");
            house.force("update schema_step set checksum = 'x' where number = 2").await.unwrap();
            assert_eq!(db.pending().await.unwrap(), Pending::Changed(2));
            assert!(db.migrate(now).await.is_err());
            house.force("insert into schema_step values (99, 'later', 'x', 1)").await.unwrap();
            assert_eq!(db.pending().await.unwrap(), Pending::Newer(99));
            assert!(db.migrate(now).await.is_err());
        });
    }
}

/// An identifier of a row that a test writes, as the engine reads it.
fn bytes(house: &House, n: u8) -> String {
    match house.app.db.engine() {
        Engine::Sqlite => format!("x'018900000000700080000000000000{n:02}'"),
        Engine::Postgres => format!("'01890000-0000-7000-8000-0000000000{n:02}'"),
    }
}

/// What the engine calls the type of an identifier.
fn binary(house: &House) -> &'static str {
    match house.app.db.engine() {
        Engine::Sqlite => "blob",
        Engine::Postgres => "uuid",
    }
}

/// REQ-ORG-17, REQ-ORG-26: two lists of what an office offers became one: a line that named its
/// agreement in words stands on an agreement of that name, a service of the other list is a line of a
/// party's unit, and what an agreement covers has the codes of the inventory.
#[test]
fn two_lists_of_services_become_one() {
    on_both(|house| async move {
        let (one, two, three) = (bytes(&house, 1), bytes(&house, 2), bytes(&house, 3));
        let binary = binary(&house);
        house
            .force(&format!(
                "drop index inventory_agreement;
                 alter table inventory_line rename column agreement_id to agreement_gone;
                 alter table inventory_line add column agreement text not null default '';
                 drop table measure_part;
                 create table local_service (id {binary} not null primary key, office_id {binary},
                    service text, agreement_id {binary}, added_by {binary}, added_at bigint);
                 insert into inventory_line (id, office_id, service, unit_id, decided_by, inside,
                        partner, address, route, terms, agreement, valid_from, valid_until)
                    select {one}, u.office_id, 'psychiatry', u.id, null, (1 = 1), '', '', '', '',
                        'Avtale om psykiatri', '2026-01-01', null
                    from unit u where u.code = 'social-adult-heimdal';
                 insert into agreement (id, municipality, office_id, made_by, made_at)
                    select {two}, municipality, id, null, 0 from office where code = 'heimdal';
                 insert into agreement_version (agreement_id, n, kind, title, signed_on, valid_from,
                        valid_until, review_on, purposes, clauses, elements, remit, written_by,
                        written_at)
                    values ({two}, 1, 'new_effort', 'Rusavtale', '2026-02-01', '2026-02-01', null,
                        null, '', '', '', 'addiction-care benefits', null, 0);
                 insert into agreement_party (agreement_id, agency_id)
                    select {two}, id from agency where code = 'social';
                 insert into local_service select {three}, id, 'addiction-care', {two}, null, 0
                    from office where code = 'heimdal';
                 delete from schema_step where number = 31"
            ))
            .await
            .unwrap();
        assert_eq!(house.app.db.migrate(MORNING.parse().unwrap()).await.unwrap(), vec![31]);
        let text = async |sql: String| house.one::<String>(&sql).await;
        let remit = format!("select remit from agreement_version where agreement_id = {two}");
        assert_eq!(
            text(remit).await,
            "addiction_care health_refunds attendance_benefit sickness_disability family_pension \
             car_support"
        );
        let named = format!(
            "select v.title || ', ' || v.remit || ', ' || v.kind || ', ' || a.code
             from inventory_line i join agreement_version v on v.agreement_id = i.agreement_id
             join agreement_party p on p.agreement_id = v.agreement_id
             join agency a on a.id = p.agency_id where i.id = {one}"
        );
        assert_eq!(text(named).await, "Avtale om psykiatri, psychiatry, old_general, social");
        let line = format!(
            "select i.service || ', ' || i.valid_from || ', ' || a.code || ', ' || v.title
             from inventory_line i join unit u on u.id = i.unit_id join agency a on a.id = u.agency_id
             join office o on o.id = i.office_id and o.id = u.office_id and o.code = 'heimdal'
             join agreement_version v on v.agreement_id = i.agreement_id where i.id = {three}"
        );
        assert_eq!(text(line).await, "addiction_care, 2026-02-01, social, Rusavtale");
        assert!(house.force("delete from local_service").await.is_err(), "the other list is gone");
        assert_eq!(house.one::<i64>("select count(*) from measure_part").await, 0);
    });
}

/// REQ-FRONT-25, REQ-ORG-16: hours of agencies and hours of units were two lists; what stood in
/// either stands in the one that there is now, and what never held is in none.
#[test]
fn two_lists_of_hours_become_one() {
    on_both(|house| async move {
        let (bytes, binary) = (|n| bytes(&house, n), binary(&house));
        let place = "from unit u join office o on o.id = u.office_id
            where u.code = 'insurance-front-heimdal'";
        house
            .force(&format!(
                "drop table visiting_hours;
                 create table visiting_hours (id {binary} not null primary key, office_id {binary},
                    unit_id {binary}, weekday bigint, opens text, closes text, remote boolean,
                    valid_from text, valid_until text);
                 create table visiting (id {binary} not null primary key, agency_id {binary},
                    office_id {binary}, municipality text, kind text, weekday bigint, opens text,
                    closes text, valid_from text, valid_until text, added_by {binary});
                 insert into visiting_hours select {0}, o.id, u.id, 2, '09:00', '12:00', (1 = 0),
                    '2026-01-01', '2026-06-01' {place};
                 insert into visiting select {1}, u.agency_id, o.id, '9909', 'remote', 3, '10:00',
                    '11:00', '2026-02-01', null, s.id from staff s, unit u
                    join office o on o.id = u.office_id
                    where s.code = 'heimdal-01' and u.code = 'insurance-front-heimdal';
                 insert into visiting select {2}, u.agency_id, o.id, '9909', 'remote', 4, '10:00',
                    '11:00', '2026-02-01', '2026-02-01', s.id from staff s, unit u
                    join office o on o.id = u.office_id
                    where s.code = 'heimdal-01' and u.code = 'insurance-front-heimdal';
                 delete from schema_step where number = 33",
                bytes(1),
                bytes(2),
                bytes(3),
            ))
            .await
            .unwrap();
        assert_eq!(house.app.db.migrate(MORNING.parse().unwrap()).await.unwrap(), vec![33]);
        let rows = async |of: &str| -> i64 {
            house.one(&format!("select count(*) from visiting_hours v {of}")).await
        };
        assert_eq!(rows("").await, 2);
        let unit = "join unit u on u.id = v.unit_id and u.agency_id = v.agency_id
            join office o on o.id = v.office_id and o.municipality = v.municipality
            where u.code = 'insurance-front-heimdal' and v.weekday = 2 and v.opens = '09:00'
                and v.closes = '12:00' and not v.remote and v.valid_from = '2026-01-01'
                and v.valid_until = '2026-06-01' and v.added_by is null";
        assert_eq!(rows(unit).await, 1);
        let agency = "join agency a on a.id = v.agency_id join office o on o.id = v.office_id
            join staff s on s.id = v.added_by
            where a.code = 'insurance' and o.code = 'heimdal' and s.code = 'heimdal-01'
                and v.unit_id is null and v.municipality = '9909' and v.weekday = 3 and v.remote
                and v.valid_from = '2026-02-01' and v.valid_until is null";
        assert_eq!(rows(agency).await, 1);
    });
}
