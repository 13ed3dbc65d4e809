//! Serving until told to stop.

use std::future::Future;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::app::App;

/// Serves on `listener` until `stop` resolves; requests under way are finished.
///
/// # Errors
/// When the socket fails.
pub async fn serve(
    app: App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let pulse = app.pulse.clone();
    let stop = async move {
        stop.await;
        pulse.end();
    };
    let router = crate::web::router(&app, crate::routes());
    crate::jobs::start(&app);
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stop)
        .await
}
