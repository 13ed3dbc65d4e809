acts-title = Lover som vedtak bygger på
acts-about = Hvert vedtak oppgir loven det bygger på. Katalogen sier hvilke enheter som kan bruke hvilken lov.
acts-on = I kraft den
acts-show = Vis
acts-in-force = Lover i kraft { $x }
acts-act = Lov
acts-users = Kan brukes av
acts-subjects = For vedtak om
acts-any-subject = Alt som enheten kan vedta
acts-sections = Paragrafer, for eksempel
acts-valid = I kraft
acts-from = Fra { $x }
acts-from-until = Fra { $x }, til { $y }
acts-yours = Din enhet
acts-version = Katalogen er fra { $x }.
acts-others = { $x ->
    [one] Den har { $x } lov til, som gjaldt på andre dager.
   *[other] Den har { $x } lover til, som gjaldt på andre dager.
}
person-rule-act = Lov
person-rule-act-hint = Bare for vedtak. Listen har lovene som enheten din kan bruke.
person-rule-act-none = Ingen lov er valgt
person-rule-section = Paragraf
person-ruling-act = Bygger på { $x }
fault-act-not-yours = Velg en lov som enheten din kan bruke. Denne hører til andre enheter.
fault-act-not-in-force = Velg en lov som gjelder i dag.
fault-act-other-subject = Velg en lov som gir grunnlag for vedtak om dette.
sent-act = Lov
sent-section = Paragraf
