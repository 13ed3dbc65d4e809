//! The way of a case between agencies as a picture: drawn by the server, and told in words beside it
//! (REQ-REF-03).

use onedoor_domain::ids::AgencyId;
use onedoor_domain::refer::{lanes, points};
use serde::Serialize;
use utoipa::ToSchema;

/// Pixels between two steps and between two lanes, and from the border.
const STEP: usize = 48;
const LANE: usize = 36;
const LEFT: usize = 24;
const TOP: usize = 24;

/// A point of the picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Dot {
    pub(crate) x: usize,
    pub(crate) y: usize,
    /// Which step it is.
    pub(crate) step: usize,
    pub(crate) agency: String,
    /// Whether the case came back to an agency that had sent it on.
    pub(crate) back: bool,
}

/// The lane of an agency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Lane {
    /// Where its line lies.
    pub(crate) y: usize,
    /// Where its name stands.
    pub(crate) text_y: usize,
    pub(crate) name: String,
}

/// The picture with its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) dots: Vec<Dot>,
    /// How often the case came back.
    pub(crate) shuttles: i64,
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Picture {
    /// Draws the agencies in the order in which they were responsible.
    pub(crate) fn of(chain: &[AgencyId], name: impl Fn(AgencyId) -> String) -> Self {
        let lanes = lanes(chain);
        let y = |lane: usize| TOP + lane * LANE;
        let dots: Vec<Dot> = points(chain)
            .into_iter()
            .map(|stop| Dot {
                x: LEFT + (stop.step - 1) * STEP,
                y: y(stop.lane),
                step: stop.step,
                agency: lanes.get(stop.lane).map(|agency| name(*agency)).unwrap_or_default(),
                back: stop.back,
            })
            .collect();
        Self {
            width: (2 * LEFT + dots.len().saturating_sub(1) * STEP).max(240),
            height: TOP + lanes.len() * LANE,
            shuttles: count(dots.iter().filter(|dot| dot.back).count()),
            lanes: lanes
                .iter()
                .enumerate()
                .map(|(at, agency)| Lane { y: y(at), text_y: y(at) - 8, name: name(*agency) })
                .collect(),
            dots,
        }
    }

    /// The line from point to point.
    pub(crate) fn line(&self) -> String {
        let points: Vec<String> =
            self.dots.iter().map(|dot| format!("{},{}", dot.x, dot.y)).collect();
        points.join(" ")
    }
}
