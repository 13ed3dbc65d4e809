//! Checkpoints: an outsider with nothing but them and an export finds what was
//! done to the journal.

use std::path::PathBuf;

use onedoor_server::app::{App, Mode};
use onedoor_server::config::CheckpointSetUp;
use onedoor_server::db::Engine;
use onedoor_server::journal::checkpoint::{Signed, public_key, public_text, signing_key};
use onedoor_server::journal::daily::{CheckpointFault, kept_outside, make};
use onedoor_server::journal::export::{Finding, Outside, export, verify_export};
use onedoor_server::journal::{Broken, Journal};

use crate::cases::{SOCIAL, Scene, scene};
use crate::support::{House, KEY, on_both};

const SIGNER: [u8; 32] = [5; 32];

fn folder(house: &House) -> PathBuf {
    house.folder.path().join("checkpoints")
}

/// The house once more, with a key that signs.
async fn signing(house: &House) -> App {
    let key_file = house.folder.path().join("signer.key");
    std::fs::write(&key_file, SIGNER).unwrap();
    let mut config = house.config.clone();
    config.checkpoint = Some(CheckpointSetUp { key_file, folder: folder(house) });
    App::start(config, Mode::Demo, house.clock.clone()).await.unwrap()
}

/// Three days of work, each begun with a checkpoint, and one after the last.
async fn days(house: &House, app: &App) -> Scene {
    let scene = scene(house, SOCIAL).await;
    for day in 23..26 {
        house.clock.move_to(format!("2026-11-{day}T08:30:00Z").parse().unwrap());
        let worker = house.staff(&scene.worker_code).await;
        assert!(make(app).await.unwrap().is_some());
        for _ in 0..12 {
            worker.get(&format!("/api/v1/persons/{}", scene.person)).await.ok();
        }
    }
    house.clock.move_to("2026-11-26T08:30:00Z".parse().unwrap());
    assert_eq!(make(app).await.unwrap(), Some(4));
    scene
}

async fn exported(app: &App) -> Vec<u8> {
    let mut bytes = Vec::new();
    export(&app.db, None, None, &mut bytes).await.unwrap();
    bytes
}

fn check(kept: &[Signed], export: &[u8]) -> Outside {
    let key = public_key(&public_text(&signing_key(&SIGNER))).unwrap();
    verify_export(kept, &key, false, export).unwrap()
}

/// REQ-INFO-19: one checkpoint a day, also from two servers at once, laid out for
/// outsiders; an untouched journal passes inside and outside.
#[test]
fn a_day_has_one_checkpoint_and_an_untouched_journal_passes() {
    on_both(|house| async move {
        let app = signing(&house).await;
        days(&house, &app).await;
        assert_eq!(make(&app).await.unwrap(), None, "one a day");
        house.clock.move_to("2026-11-27T08:30:00Z".parse().unwrap());
        let (one, other) = tokio::join!(make(&app), make(&app));
        let made = [one.unwrap(), other.unwrap()];
        assert_eq!(made.iter().flatten().count(), 1, "one of two servers: {made:?}");
        let kept = kept_outside(&folder(&house)).unwrap();
        assert_eq!(kept.len(), 5);
        let outside = check(&kept, &exported(&app).await);
        assert_eq!(outside.findings, [], "{outside:?}");
        assert!(outside.read.rows > 36);
        let journal = Journal::new(KEY);
        let inside = journal.verify_beside(&app.db, &kept, |_| {}).await.unwrap();
        assert_eq!(inside.broken, []);
        // A part is a part, and says so.
        let mut part = Vec::new();
        let day = "2026-11-24".parse().ok();
        let done = export(&app.db, day, day, &mut part).await.unwrap();
        assert_eq!((done.after, done.until), (2, 3));
        assert_eq!(check(&kept, &part).findings, [Finding::NotWhole { after: 2, until: 3 }]);
        let key = signing_key(&SIGNER).verifying_key();
        assert_eq!(verify_export(&kept, &key, true, &part[..]).unwrap().findings, []);
        // What is published names nobody.
        let texts: String = kept.iter().map(Signed::text).collect();
        let actor = onedoor_server::app::id_of("staff", "city-03").to_string();
        assert!(!texts.contains(&actor) && !texts.contains("person"));
    });
}

/// REQ-INFO-19: each change, removal, insertion and new order of the export's
/// rows is found without the journal's key.
#[test]
fn an_outsider_finds_every_change() {
    on_both(|house| async move {
        let app = signing(&house).await;
        days(&house, &app).await;
        let kept = kept_outside(&folder(&house)).unwrap();
        let bytes = exported(&app).await;
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let with = |lines: &[&str]| check(&kept, lines.join("\n").as_bytes()).findings;
        assert_eq!(with(&lines), []);
        for at in 1..lines.len() {
            let mut without = lines.clone();
            let gone = without.remove(at);
            let findings = with(&without);
            assert!(
                findings.iter().all(|f| matches!(f, Finding::Removed { .. })),
                "{gone}: {findings:?}"
            );
            assert_eq!(findings.len(), 1, "{findings:?}");
            let mut twice = lines.clone();
            twice.insert(at, lines[at]);
            assert!(matches!(with(&twice)[..], [Finding::Misplaced { .. }]));
            let changed = lines[at].replacen("\"act\":\"", "\"act\":\"x", 1);
            let mut other = lines.clone();
            other[at] = &changed;
            assert!(matches!(with(&other)[..], [Finding::Changed { .. }]), "row {at}");
            // Between two lanes there is no order.
            let lane = |at: usize| lines.get(at).and_then(|l| l.split(',').next());
            if lane(at) == lane(at + 1) {
                let mut swapped = lines.clone();
                swapped.swap(at, at + 1);
                assert!(!with(&swapped).is_empty());
            }
        }
        // A row that was never written, at the end and with a number of its own.
        let more = lines[lines.len() - 1].replacen("\"seq\":", "\"seq\":9", 1);
        let mut longer = lines.clone();
        longer.push(&more);
        assert!(matches!(with(&longer)[..], [Finding::Misplaced { .. }]), "{more}");
        // Rows with their numbers moved so that nothing is missing.
        assert!(!with(&lines[..1]).is_empty(), "everything taken out");
    });
}

/// REQ-INFO-19: rows changed in the database before the export are found outside,
/// and inside without the key having to be trusted; a forger who has the
/// journal's key but not the checkpoints kept outside is found too.
#[test]
fn a_changed_journal_is_found_outside_and_inside() {
    on_both(|house| async move {
        let app = signing(&house).await;
        days(&house, &app).await;
        let kept = kept_outside(&folder(&house)).unwrap();
        let lane: i64 =
            house.one("select lane from journal group by lane order by count(*) desc").await;
        let change = format!("update journal set purpose = 'x' where lane = {lane} and seq = 2");
        house.force(&change).await.unwrap();
        let findings = check(&kept, &exported(&app).await).findings;
        assert!(matches!(findings[..], [Finding::Changed { lane: l, .. }] if l == lane));
        let broken = Journal::new(KEY).verify(&app.db, |_| {}).await.unwrap().broken;
        assert!(broken.contains(&Broken::Changed { lane, seq: 2 }), "{broken:?}");
        assert!(broken.iter().any(|b| matches!(b, Broken::Past { .. })), "{broken:?}");

        house.force("update checkpoint set body = 'x' where n = 4").await.unwrap();
        let broken = Journal::new(KEY).verify(&app.db, |_| {}).await.unwrap().broken;
        assert!(broken.contains(&Broken::Checkpoint { n: 4 }), "{broken:?}");
    });
}

/// REQ-INFO-19: a journal that does not check is not signed.
#[test]
fn what_does_not_check_is_not_signed() {
    on_both(|house| async move {
        let app = signing(&house).await;
        let scene = days(&house, &app).await;
        let worker = house.staff(&scene.worker_code).await;
        for _ in 0..12 {
            worker.get(&format!("/api/v1/persons/{}", scene.person)).await.ok();
        }
        let since = "select max(at) from journal";
        let newest: i64 = house.one(since).await;
        house.force(&format!("update journal set act = 'x' where at = {newest}")).await.unwrap();
        house.clock.move_to("2026-11-27T08:30:00Z".parse().unwrap());
        let refused = make(&app).await;
        assert!(matches!(refused, Err(CheckpointFault::Broken(..))), "{refused:?}");
    });
}

/// REQ-INFO-19: an older state of the whole database that was put back checks in
/// itself, and is found by whoever kept the checkpoints.
#[test]
fn an_older_state_put_back_is_found() {
    on_both(|house| async move {
        if house.app.db.engine() == Engine::Postgres {
            // A whole state is a file here only; the check is the same.
            return;
        }
        let app = signing(&house).await;
        let scene = days(&house, &app).await;
        let old = house.folder.path().join("old.db");
        rusqlite::Connection::open(&house.config.database)
            .unwrap()
            .execute("vacuum into ?1", [old.display().to_string()])
            .unwrap();
        house.clock.move_to("2026-11-27T08:30:00Z".parse().unwrap());
        let worker = house.staff(&scene.worker_code).await;
        worker.get(&format!("/api/v1/persons/{}", scene.person)).await.ok();
        assert_eq!(make(&app).await.unwrap(), Some(5));
        let kept = kept_outside(&folder(&house)).unwrap();

        let mut config = app.config.clone();
        config.database = old.display().to_string();
        let back = App::start(config, Mode::Demo, house.clock.clone()).await.unwrap();
        let alone = Journal::new(KEY).verify(&back.db, |_| {}).await.unwrap();
        assert_eq!(alone.broken, [], "the old state checks in itself");
        let beside = Journal::new(KEY).verify_beside(&back.db, &kept, |_| {}).await.unwrap();
        assert_eq!(beside.broken, [Broken::Older { n: 5 }]);
        let findings = check(&kept, &exported(&back).await).findings;
        assert_eq!(findings, [Finding::NotWhole { after: 0, until: 4 }]);
        let refused = make(&back).await;
        assert!(matches!(refused, Err(CheckpointFault::Older(5))), "{refused:?}");
    });
}
