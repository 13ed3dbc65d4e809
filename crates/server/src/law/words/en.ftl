acts-title = Acts that decisions stand on
acts-about = Every decision names its act. The catalogue says which units may use which act.
acts-on = In force on
acts-show = Show
acts-in-force = Acts in force on { $x }
acts-act = Act
acts-users = May be used by
acts-subjects = For decisions on
acts-any-subject = Anything within the unit’s mandate
acts-sections = Sections, for example
acts-valid = In force
acts-from = From { $x }
acts-from-until = From { $x }, until { $y }
acts-yours = Your unit
acts-version = The catalogue is of { $x }.
acts-others = { $x ->
    [one] It holds { $x } more act, which was in force on other days.
   *[other] It holds { $x } more acts, which were in force on other days.
}
person-rule-act = Act
person-rule-act-hint = Only for a decision. The list holds the acts that your unit may use.
person-rule-act-none = No act chosen
person-rule-section = Section
person-ruling-act = Stands on { $x }
fault-act-not-yours = Choose an act that your unit may use. This one belongs to other units.
fault-act-not-in-force = Choose an act that is in force today.
fault-act-other-subject = Choose an act that carries decisions on this subject.
sent-act = Act
sent-section = Section
