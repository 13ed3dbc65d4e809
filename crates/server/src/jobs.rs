//! What the server does by itself, round after round: deadlines, forgetting
//! what has expired, and telling screens of what other servers changed.

use std::time::Duration;

use crate::app::App;
use crate::case::deadlines;
use crate::db::Engine;
use crate::policy::{Cause, Warrant};
use crate::reception::store as visits;
use crate::web::Fault;

/// Deadlines are days; half a minute is soon enough.
const ROUND: Duration = Duration::from_secs(30);
/// A queue must show within a second what another server changed.
const LISTEN: Duration = Duration::from_millis(700);

/// A line for the security log goes out within seconds of what it tells of.
const SEND: Duration = Duration::from_secs(2);

/// A message leaves within seconds of the act that wrote it.
const DELIVER: Duration = Duration::from_secs(2);

/// Starts the rounds; they end with the process.
pub fn start(app: &App) {
    let rounds = app.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(ROUND).await;
            if let Some(metrics) = &rounds.metrics {
                // Without this the samples of histograms would grow between two scrapes.
                metrics.run_upkeep();
            }
            if let Err(fault) = once(&rounds).await {
                tracing::error!(?fault, "a round of deadlines failed; the next one tries again");
            }
        }
    });
    if app.config.siem.is_some() {
        let sender = app.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(SEND).await;
                if let Err(error) = crate::journal::siem::round(&sender).await {
                    tracing::error!(%error, "the journal could not be sent on; it goes on later");
                }
            }
        });
    }
    if !app.sender.only_keeps() {
        let courier = app.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(DELIVER).await;
                if let Err(error) = crate::message::deliver(&courier, courier.sender.as_ref()).await
                {
                    tracing::error!(%error, "messages could not leave; they are offered again");
                }
            }
        });
    }
    if app.db.engine() == Engine::Sqlite {
        // One server alone has the file: it heard of every change when it made it.
        return;
    }
    let listener = app.clone();
    tokio::spawn(async move {
        let mut since = listener.now();
        loop {
            tokio::time::sleep(LISTEN).await;
            let now = listener.now();
            if let Err(error) = listen(&listener, since).await {
                tracing::warn!(%error, "changes of other servers could not be read");
            }
            // A little overlap: clocks of servers differ, and a beat too many is harmless.
            since = now.checked_sub(jiff::ToSpan::milliseconds(500)).unwrap_or(now);
        }
    });
}

/// One round.
///
/// # Errors
/// When the database does not answer.
pub async fn once(app: &App) -> Result<deadlines::Round, Fault> {
    // What fails here is tried again in the next round, and holds up nothing else.
    let done = deadlines::round(app).await;
    if let Err(error) = app.walls.refresh(&app.db).await {
        tracing::error!(%error, "the policy packs could not be read again; the ones before hold");
    }
    let in_sight = crate::case::sight::round(app).await;
    let told = crate::feedback::round(app).await;
    let ordered = crate::order::round(app).await;
    let booked = crate::booking::round(app).await;
    let escalated = crate::meeting::round(app).await;
    let referred = crate::refer::round(app).await;
    let gone = crate::plan::demand::round(app).await;
    let answers = crate::office::carry_due(app, app.today()).await;
    let carried = crate::rollout::carry_due(app, app.today()).await;
    let counted = crate::network::count_month(app).await;
    let expired = expire(app).await;
    if let Err(error) = crate::journal::daily::make(app).await {
        tracing::error!(%error, "no checkpoint of the journal was made");
    }
    if let Err(fault) = crate::keeping::nightly(app).await {
        tracing::error!(?fault, "the nightly keeping failed; it goes on in two hours");
    }
    in_sight?;
    told?;
    ordered?;
    booked?;
    escalated?;
    referred?;
    gone?;
    answers?;
    carried?;
    counted?;
    expired?;
    done
}

async fn expire(app: &App) -> Result<(), Fault> {
    let mut tx = app.db.begin().await?;
    crate::sign_in::expire(&mut tx, app.now()).await?;
    crate::web::forget(&mut tx, app.now()).await?;
    Ok(tx.commit().await?)
}

async fn listen(app: &App, since: jiff::Timestamp) -> Result<(), crate::db::DbError> {
    let mut conn = app.db.read().await?;
    let warrant = Warrant::new(Cause::Wait, &app.vault);
    app.pulse.beat_others(visits::changed_since(&mut conn, &warrant, since).await?);
    Ok(())
}
