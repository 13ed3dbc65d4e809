acts-title = Lover som vedtak byggjer på
acts-about = Kvart vedtak oppgjev lova det byggjer på. Katalogen seier kva einingar som kan bruke kva lov.
acts-on = I kraft den
acts-show = Vis
acts-in-force = Lover i kraft { $x }
acts-act = Lov
acts-users = Kan brukast av
acts-subjects = For vedtak om
acts-any-subject = Alt som eininga kan vedta
acts-sections = Paragrafar, til dømes
acts-valid = I kraft
acts-from = Frå { $x }
acts-from-until = Frå { $x }, til { $y }
acts-yours = Di eining
acts-version = Katalogen er frå { $x }.
acts-others = { $x ->
    [one] Han har { $x } lov til, som galdt på andre dagar.
   *[other] Han har { $x } lover til, som galdt på andre dagar.
}
person-rule-act = Lov
person-rule-act-hint = Berre for vedtak. Lista har lovene som eininga di kan bruke.
person-rule-act-none = Inga lov er vald
person-rule-section = Paragraf
person-ruling-act = Byggjer på { $x }
fault-act-not-yours = Vel ei lov som eininga di kan bruke. Denne høyrer til andre einingar.
fault-act-not-in-force = Vel ei lov som gjeld i dag.
fault-act-other-subject = Vel ei lov som gjev grunnlag for vedtak om dette.
sent-act = Lov
sent-section = Paragraf
