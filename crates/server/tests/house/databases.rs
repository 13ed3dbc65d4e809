//! The door to the database: groups, rollbacks, full disks, migrations.

use onedoor_server::args;
use onedoor_server::db::{Db, DbError, Engine, Pending, Plain};

use crate::support::{MORNING, engines, house, on_both, runtime};

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
