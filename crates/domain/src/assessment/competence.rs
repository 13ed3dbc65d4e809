//! The professions that an assessment may need (REQ-MAP-21).

use crate::codes::codes;

codes! {
    /// A profession.
    Competence {
        /// Social work.
        SocialWork = "social_work",
        /// Guidance to work and studies.
        Guidance = "guidance",
        /// Medicine.
        Medical = "medical",
        /// Social insurance.
        Insurance = "insurance",
    }
}

/// Those that are needed and have not said anything yet, each once. While there are any, the
/// assessment cannot be completed (REQ-MAP-21).
#[must_use]
pub fn missing(needed: &[Competence], given: &[Competence]) -> Vec<Competence> {
    Competence::ALL
        .iter()
        .copied()
        .filter(|one| needed.contains(one) && !given.contains(one))
        .collect()
}
