figures-title = Figures of the office
figures-from = From
figures-until = Until
figures-show = Show figures
figures-between = { $x } to { $y }
figures-figure = Figure
figures-count = Count
figures-share = Share
figures-percent = { $x } % of { $y }
figures-rows = Basis
figures-open = Show the visits
figures-missing = What the figures do not show
figures-open-visits = { $x ->
    [one] { $x } visit in the period has not ended and is not counted.
   *[other] { $x } visits in the period have not ended and are not counted.
}
figures-unknown-visitors = { $x ->
    [one] { $x } visit was by somebody who did not say who they are. Whether they told something again cannot be seen.
   *[other] { $x } visits were by people who did not say who they are. Whether they told something again cannot be seen.
}
figures-cases-now = The figures about cases are about those open now, not the period.
figures-steps = Numbers are shown in whole steps of { $x }, and lower ones are not shown. This is so when the period is shorter than a month, and for an office that is not your own.
figures-rows-of = The visits behind the figure
figures-rows-none = There are no visits.
figures-rows-first = Only the latest { $x } visits are shown.
figures-rows-about = Only those who may see a visit can open it.
figures-ticket = Ticket
figures-day = Day
figures-track = Track
figures-first-track = First track
figures-last-track = Corrected to
figures-outcome = Outcome
figures-reasons = Why cases are handed over
figures-reasons-none = Nobody has asked for a hand-over in the period.
figures-reason = Reason
figure-clarified = Clarified at the reception
figure-def-clarified = Ended visits where everything was clarified at once, of all ended visits.
figure-wrong = Wrong track at first
figure-def-wrong = Ended visits where the sorting had to be corrected, of all ended visits.
figure-unended = Ended without an outcome
figure-def-unended = Visits where nobody recorded what came of it, of all ended visits. The target is none.
figure-told = Had to tell it again
figure-def-told = Ended visits where the person had told of the same need in the 90 days before, of all ended visits.
figure-cases = Open cases
figure-def-cases = Cases that are open now with a unit of the office.
figure-shuttling = Sent back and forth
figure-def-shuttling = Open cases that have at least twice come back to an agency that had them before.
figure-last-resort = Municipality as last resort
figure-def-last-resort = Open cases that the municipality has because nobody else took them.
figure-forced = Changes of worker forced by a scheme
figure-def-forced = How often persons with an open case had to change worker only because the scheme changed.
