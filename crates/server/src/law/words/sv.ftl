acts-title = Lagar som beslut bygger på
acts-about = Varje beslut anger lagen det bygger på. Katalogen visar vilka enheter som får använda vilken lag.
acts-on = I kraft den
acts-show = Visa
acts-in-force = Lagar i kraft { $x }
acts-act = Lag
acts-users = Får användas av
acts-subjects = För beslut om
acts-any-subject = Allt som enheten får besluta om
acts-sections = Paragrafer, till exempel
acts-valid = I kraft
acts-from = Från { $x }
acts-from-until = Från { $x }, till { $y }
acts-yours = Din enhet
acts-version = Katalogen är från { $x }.
acts-others = { $x ->
    [one] Den har { $x } lag till, som gällde andra dagar.
   *[other] Den har { $x } lagar till, som gällde andra dagar.
}
person-rule-act = Lag
person-rule-act-hint = Bara för beslut. Listan har de lagar som din enhet får använda.
person-rule-act-none = Ingen lag är vald
person-rule-section = Paragraf
person-ruling-act = Bygger på { $x }
fault-act-not-yours = Välj en lag som din enhet får använda. Den här hör till andra enheter.
fault-act-not-in-force = Välj en lag som gäller i dag.
fault-act-other-subject = Välj en lag som ger grund för beslut om detta.
sent-act = Lag
sent-section = Paragraf
