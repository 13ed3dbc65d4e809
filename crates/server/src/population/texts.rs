//! What people write in cases and visits. It is data, in plain Norwegian, and
//! holds no quotation marks, so that it can stand inside JSON as it is.

/// Next steps, with where they happen.
pub(super) const STEPS: &[(&str, &str)] = &[
    ("Samtale om veien videre", "Møterom 1"),
    ("Samtale om økonomien", "Møterom 2"),
    ("Ringe og høre hvordan det går", "Telefon"),
    ("Gå gjennom søknaden sammen", "Skranken"),
    ("Sende inn det som mangler i søknaden", "På nett"),
    ("Svar på søknaden om økonomisk hjelp", "Brev"),
    ("Svar på søknaden om dagpenger", "Brev"),
    ("Svar på søknaden om arbeidsavklaringspenger", "Brev"),
    ("Møte med legen om arbeidsevnen", "Legekontoret"),
    ("Møte med arbeidsgiveren", "Arbeidsplassen"),
    ("Dialogmøte om sykmeldingen", "Møterom 3"),
    ("Felles møte med alle tre etatene", "Møterom 1"),
    ("Begynne på norskkurs", "Voksenopplæringen"),
    ("Begynne på jobbsøkerkurs", "Kurslokalet"),
    ("Begynne i arbeidstrening", "Praksisplassen"),
    ("Oppfølging på praksisplassen", "Praksisplassen"),
    ("Skrive CV sammen", "Veiledningsområdet"),
    ("Øve på jobbintervju", "Veiledningsområdet"),
    ("Registrere seg som arbeidssøker", "På nett"),
    ("Sende meldekort", "På nett"),
    ("Lage budsjett sammen", "Møterom 2"),
    ("Ringe kreditorene", "Telefon"),
    ("Lage nedbetalingsplan", "Møterom 2"),
    ("Snakke med utleieren om husleien", "Telefon"),
    ("Se på kommunal bolig", "Boligen"),
    ("Svar på søknaden om startlån", "Brev"),
    ("Søke bostøtte sammen", "Skranken"),
    ("Finne midlertidig bolig", "Skranken"),
    ("Møte om barnehage og arbeidstid", "Møterom 3"),
    ("Møte med skolen", "Skolen"),
    ("Søke om overgangsstønad", "På nett"),
    ("Svar på søknaden om barnetrygd", "Brev"),
    ("Hente uttalelse fra fastlegen", "Legekontoret"),
    ("Avklare hjelpemidler i hjemmet", "Hjemme hos personen"),
    ("Vurdere kvalifiseringsprogrammet", "Møterom 2"),
    ("Evaluere planen", "Møterom 1"),
    ("Oppdatere planen", "Telefon"),
    ("Besøke en tiltaksplass", "Tiltaksbedriften"),
    ("Samtale med tolk", "Møterom 3"),
    ("Forberede klage på vedtaket", "Skranken"),
    ("Vurdere uføretrygd", "Brev"),
    ("Avslutningssamtale", "Møterom 1"),
];

/// What a case is about, in a line.
pub(super) const SUMMARIES: &[&str] = &[
    "Trenger arbeid og inntekt i en overgang",
    "Sykmeldt, usikker på om jobben kan beholdes",
    "Gjeld og husleie på etterskudd",
    "Ny i landet, trenger språk og arbeid",
    "Alene med barn, vil ut i arbeid",
    "Lang tid uten arbeid, trenger oppfølging",
    "Står uten bolig",
    "Ferdig med tiltak, veien videre er åpen",
    "Nedsatt arbeidsevne, trenger tilrettelegging",
    "Ung uten fullført skole",
    "Mistet jobben, søker dagpenger og nytt arbeid",
    "Venter på avklaring av arbeidsevne",
    "Trenger hjelp til økonomien i hverdagen",
    "Tilbake i arbeid etter sykdom",
    "Flere ytelser samtidig, trenger én kontakt",
];

/// What a hand-over is for.
pub(super) const HANDED_NEEDS: &[&str] = &[
    "Trenger avklaring av arbeidsevne",
    "Trenger plass i et tiltak",
    "Trenger økonomisk hjelp til ytelsen er på plass",
    "Trenger gjeldsrådgivning",
    "Trenger bolig",
    "Skal over på en annen ytelse",
    "Trenger tett oppfølging mot arbeid",
    "Har flyttet til en annen bydel",
];

/// Why a hand-over was refused, and what to do instead.
pub(super) const REFUSALS: &[(&str, &str)] = &[
    ("Vilkårene er ikke oppfylt ennå", "Send legeuttalelse først, så ser vi på det samme dag"),
    ("Saken hører til en annen etat", "Ta et felles møte denne uken"),
    ("Vi mangler tiltaksplass nå", "Sett opp på listen og fortsett oppfølgingen til da"),
    ("Personen er allerede i et tiltak", "Vent til tiltaket er ferdig, vi møter på evalueringen"),
    ("Søknaden mangler opplysninger", "Hjelp til med søknaden, så tar vi den når den er hel"),
];

/// What a visitor says, by need in the order of `Need::ALL`.
pub(super) const ACCOUNTS: [&str; 10] = [
    "Har mistet jobben og lurer på hva som skjer nå.",
    "Vil ta fagbrev og spør om støtte.",
    "Har ikke penger til mat før neste utbetaling.",
    "Er sykmeldt og nærmer seg et år.",
    "Trenger hjelp for å klare hverdagen hjemme.",
    "Har fått barn og vet ikke hva som kan søkes.",
    "Må ut av leiligheten ved månedsskiftet.",
    "Får inkassokrav og klarer ikke betale.",
    "Har fått et brev som er vanskelig å forstå.",
    "Vet ikke helt hvem som kan hjelpe.",
];

/// What was settled or said.
pub(super) const ANSWERS: &[&str] = &[
    "Forklarte brevet og hva som må sendes inn.",
    "Fylte ut søknaden sammen og sendte den.",
    "Viste hvor saken ligger på nett.",
    "Fant ut at utbetalingen kommer på fredag.",
    "Rettet kontonummeret.",
    "Forklarte hvilke rettigheter som gjelder.",
    "Ringte ytelsesavdelingen og fikk svar.",
    "Viste hvordan meldekort sendes.",
    "Ga oversikt over kurs som begynner snart.",
    "Avklarte at ingen ny søknad trengs.",
];

/// Why a visit was sorted anew.
pub(super) const CORRECTIONS: &[&str] = &[
    "Det gjaldt også husleien",
    "Det var bare et spørsmål om et brev",
    "Flere etater er inne fra før",
    "Trenger helseopplysninger fra trygd",
];

/// Why somebody does not want a joint meeting.
pub(super) const DECLINED: &[&str] =
    &["Vil ta én ting om gangen", "Vil heller snakke med hver etat for seg", "Ønsker ikke møte nå"];

/// Where somebody was helped on to outside.
pub(super) const OUTSIDE: &[&str] = &[
    "Følges til helsestasjonen",
    "Time hos fastlegen er bestilt",
    "Kontakt med studentsamskipnaden",
    "Avtale med fri rettshjelp",
];

/// What a formal decision says.
pub(super) const DECISIONS: &[&str] = &[
    "Innvilget for tre måneder.",
    "Innvilget fra søknadsdagen.",
    "Innvilget delvis.",
    "Avslått, vilkårene er ikke oppfylt.",
    "Forlenget i seks måneder.",
];

/// What guidance was given.
pub(super) const GUIDANCE: &[&str] = &[
    "Veiledet om vilkår og hva søknaden må inneholde.",
    "Veiledet om klagefrist og hvordan man klager.",
    "Veiledet om andre ytelser som kan passe bedre.",
];
