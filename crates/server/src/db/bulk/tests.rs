use uuid::Uuid;

use super::*;

static PERSONS: &Table = &Table {
    name: "person",
    columns: &[
        "id",
        "given_name",
        "family_name",
        "language",
        "phone",
        "email",
        "address",
        "postcode",
        "protection",
        "source",
        "received_on",
        "version",
    ],
};
static KNOWN: &Table = &Table { name: "person_name", columns: &["agency_id", "key", "person_id"] };
static BOTH: &[&Table] = &[PERSONS, KNOWN];

async fn opened() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(folder.path().join("one.db").to_str().unwrap()).await.unwrap();
    db.migrate("2026-11-22T10:00:00Z".parse().unwrap()).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let id = Uuid::from_u128(9).simple();
    tx.script(&format!(
        "insert into principal values (x'{id}', 'state', 'The state', 'state');
         insert into agency values (x'{id}', 'social', 'Social', 'social', x'{id}');"
    ))
    .await
    .unwrap();
    tx.commit().await.unwrap();
    (folder, db)
}

fn person(id: u128, protection: i64) -> Rows {
    let mut rows = Rows::new(PERSONS);
    let t = Cell::Text;
    let [given, family] = [t("Åse"), t("Bråten")];
    let id = Cell::Id(Uuid::from_u128(id));
    rows.push(&[
        id,
        given,
        family,
        t("nb"),
        t(""),
        t(""),
        t(""),
        t(""),
        protection.into(),
        t("register"),
        t("2026-11-22"),
        1_i64.into(),
    ])
    .unwrap();
    rows
}

fn known(id: u128) -> Rows {
    let mut rows = Rows::new(KNOWN);
    let (agency, person) = (Cell::Id(Uuid::from_u128(9)), Cell::Id(Uuid::from_u128(id)));
    rows.push(&[agency, Cell::Text("ase braten"), person]).unwrap();
    rows
}

async fn load(db: &Db, parcels: Vec<Rows>) -> Result<(), DbError> {
    let bulk = Bulk::start(db, BOTH, "trial").await?;
    let feed = bulk.feed();
    let put = move || parcels.into_iter().try_for_each(|rows| feed.put(rows));
    // A refusal reaches the maker as a closed channel; the reason comes from `finish`.
    let _ = tokio::task::spawn_blocking(put).await.unwrap();
    bulk.finish("whole").await
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_in_and_a_second_load_adds_to_them() {
    let (_folder, db) = opened().await;
    load(&db, vec![person(1, 0), known(1)]).await.unwrap();
    load(&db, vec![known(2), person(2, 1)]).await.unwrap();
    let mut conn = db.read().await.unwrap();
    let found = conn.text_rows("select given_name from person order by id").await.unwrap();
    let names: Vec<String> = found.into_iter().map(|mut row| row.get(0).unwrap()).collect();
    assert_eq!(names, ["Åse", "Åse"]);
    assert_eq!(state(&db, "trial").await.unwrap().unwrap(), "whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_to_nobody_and_a_broken_rule_are_found() {
    let (_folder, db) = opened().await;
    assert!(matches!(load(&db, vec![known(3)]).await, Err(DbError::Reference(_))));
    let (_folder, db) = opened().await;
    assert!(matches!(load(&db, vec![person(1, 7)]).await, Err(DbError::Check(_))));
    let (_folder, db) = opened().await;
    let twice = load(&db, vec![person(1, 0), person(1, 0)]).await;
    assert!(matches!(twice, Err(DbError::Unique { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_broke_off_is_recognised_and_the_safety_net_is_back() {
    let (_folder, db) = opened().await;
    drop(Bulk::start(&db, BOTH, "trial").await.unwrap());
    // Waits for the writer, and so for the end of the load.
    let mut tx = db.begin().await.unwrap();
    for (pragma, value) in [("foreign_keys", 1), ("synchronous", 2)] {
        let mut found = tx.text_rows(&format!("pragma {pragma}")).await.unwrap();
        assert_eq!(found.pop().unwrap().get::<i64>(0).unwrap(), value, "{pragma}");
    }
    drop(tx);
    assert_eq!(state(&db, "trial").await.unwrap().unwrap(), LOADING);
    assert!(Bulk::start(&db, BOTH, "trial").await.is_err());
}

#[test]
fn a_row_must_fill_every_column() {
    assert!(Rows::new(KNOWN).push(&[Cell::Null]).is_err());
}
