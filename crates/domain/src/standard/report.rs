//! To whom reports go: by the kind of body and by its role (REQ-MISC-13).

use crate::codes::codes;

codes! {
    /// A report about coming in and serving, or about how the agencies work together.
    Report {
        /// The figures of an office.
        Office = "office",
        /// Coming in and serving.
        Coming = "coming",
        /// How standards and service agreements are kept.
        Standards = "standards",
        /// The four kinds of accessibility.
        Access = "access",
        /// Whether others are worse off.
        Guard = "guard",
        /// The map of the front line.
        Process = "process",
        /// Equal offer between receptions.
        Offer = "offer",
        /// Agreements in force and what they lack.
        Agreements = "agreements",
        /// Paper beside joint activity.
        Activity = "activity",
        /// What the parties say of agreements.
        Answers = "answers",
        /// Contact persons and places without.
        Contacts = "contacts",
        /// Trials and their funds.
        Efforts = "efforts",
    }
}

codes! {
    /// What kind of body is in the register of contacts.
    Body {
        /// The association of municipalities.
        Association = "association",
        /// A directorate or central authority.
        Directorate = "directorate",
        /// A ministry.
        Ministry = "ministry",
        /// The state in the county.
        County = "county",
        /// A municipality: its council or administration.
        Municipality = "municipality",
        /// A council of those who are served.
        Users = "users",
    }
}

codes! {
    /// In which role a body receives a report.
    Receives {
        /// It steers, and acts on it.
        Steers = "steers",
        /// It supervises.
        Supervises = "supervises",
        /// It makes statistics.
        Counts = "counts",
        /// It is kept informed.
        Informed = "informed",
    }
}
