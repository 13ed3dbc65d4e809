# Needs, in the words of the person
need-work = Find work
need-training = Learn something to get work
need-income = Money to live on
need-illness = Illness
need-disability = Disability
need-family = Children and family
need-housing = Somewhere to live
need-debt = Debt and bills
need-letter = A letter or a decision
need-other = Something else, or not sure
need-hint-work = You have lost your job or are looking for one.
need-hint-training = A course, school or work practice.
need-hint-income = You lack money for food, rent or other things now.
need-hint-illness = You are ill or cannot work as before.
need-hint-disability = You need support or aids in everyday life.
need-hint-family = You are expecting a child, are alone with children or need help in the family.
need-hint-housing = You have no home or are about to lose it.
need-hint-debt = You cannot pay what you owe.
need-hint-letter = You have had something from us that is hard to understand.
need-hint-other = We find out together.

# Sorting
track-desk = One agency
track-common_area = Common area
track-joint_meeting = Joint meeting
track-why-desk = The needs point at one agency.
track-why-common_area = The needs point at several agencies, or talk must show it.
track-why-joint_meeting = The needs point at all three agencies.
mode-self_service = Alone at the kiosk
mode-host = With the service host
mode-desk = At one agency
mode-common_area = In the common area

# Outcomes
outcome-clarified = Settled on the spot
outcome-informed = Informed
outcome-next_step = Next step agreed
outcome-case = Shared case
outcome-meeting = Joint meeting booked
outcome-outside = Helped on to somebody outside
outcome-left = Left before we could help
outcome-hint-clarified = Everything was solved now. Write the answer and tick the agencies that took part.
outcome-hint-informed = The person learned what they wanted to know. Write what you said.
outcome-hint-next_step = Something will happen on a certain day, without a shared case.
outcome-hint-case = Several agencies will follow up. Opens a case, or goes on with the one that is open.
outcome-hint-meeting = Booked on a page of its own.
outcome-hint-outside = Somebody outside the office helps further. Somebody here makes sure that it happens.
outcome-hint-left = Only for somebody who was still in the queue.

# The history of a visit
visit-event-arrived = Arrived
visit-event-called = Called in
visit-event-put_back = Back in the queue
visit-event-sorted = Sorting corrected
visit-event-identified = Tied to a person
visit-event-closed = Closed
visit-state-waiting = Waiting
visit-state-serving = Being served
visit-state-closed = Closed

# Waiting
wait-now = no wait right now
wait-between = { $x } to { $y } minutes
wait-unknown = not known yet

# The kiosk
kiosk-start-title = Welcome. Choose a language
kiosk-need-title = What do you need help with?
kiosk-need-hint = You can choose several.
kiosk-next = Next
kiosk-again = Start again
kiosk-who-title = Do you want to say who you are?
kiosk-who-lead = You decide. If you do, we can prepare, and you need not tell everything again.
kiosk-number-hint = National identity number. Write your name as well.
kiosk-account-hint = Tell us briefly in your own words. Only those who help you can read it.
kiosk-ticket = Get my ticket
kiosk-ticket-nameless = Get my ticket without saying who I am
kiosk-done-title = Your number
kiosk-done-advice = Remember the number. Take a seat, and we will call you in.
kiosk-finish = Finish

# Who somebody is
who-given = Given name
who-family = Family name
who-given-optional = Given name (optional)
who-family-optional = Family name (optional)
who-number-optional = Identity number (optional)
who-born-optional = Birth date (optional)
who-account-optional = The situation in own words (optional)

# The queue
queue-title = The queue at { $x }
queue-stale = The connection is lost. The list may be out of date.
queue-waiting-now = Waiting now
queue-serving-now = Being served now
queue-today = Visits today
queue-clarified = Settled on the spot today
queue-wait = Expected wait
queue-waiting = Waiting
queue-serving = Being served
queue-nobody-waiting = Nobody is waiting.
queue-nobody-served = Nobody is being served.
queue-since = Arrived
queue-server = Served by
queue-you = You
queue-back = To the queue

# Checking in
check-in-title = Check somebody in
check-in-needs = What does the person need help with?
check-in-needs-hint = Choose all that apply.
check-in-account-hint = Write down what the person tells, so that nobody has to ask again.
check-in-who = Who is it?
check-in-who-hint = The person need not say.
check-in-search = Search for the person
check-in-chosen = The person you chose is included.
check-in-another = Choose somebody else
check-in-number-hint = Write the name as well.
check-in-language = Language to be served in

# A visit
visit-title = Visit number { $x }
visit-ticket = Ticket
visit-needs = Needs
visit-track = Sorted to
visit-waited = Has waited
visit-minutes = { $x } min
visit-language = Language
visit-no-name = Did not say
visit-take = Call in
visit-take-over = Take over
visit-put-back = Put back in the queue
visit-close = Close the visit
visit-meeting = Book a joint meeting
visit-back = To the visit
visit-cancel = Cancel
visit-served-by = { $x } is serving this visit now.
visit-outcome = How the visit ended
visit-outcome-kind = Outcome
visit-answer = Answer
visit-step = Next step
visit-step-what = What happens?
visit-step-what-hint = Write it so that the person understands.
visit-step-on = Date
visit-step-place = Place
visit-step-place-hint = A room, an address, a phone call or a web page.
visit-step-owner = Who sees to it
visit-step-owner-me = Myself
visit-closed-at = Closed
visit-slip = Slip for the person
visit-case = Open the case
visit-facts = About the visit
visit-office = Office
visit-arrived = Arrived
visit-mode = Met
visit-person = Person
visit-person-open = Open the person
visit-person-known = The visit is tied to a person.
visit-person-unknown = The person did not say who they were.
visit-person-later = We do not know who this is. Whoever helps the person asks if it is needed.
visit-identify-lead = We do not know who this is. Ask only if it is needed in order to help.
visit-alike = Is it one of these?
visit-alike-hint = Choose the person, or tick the last box if it is somebody else.
visit-none-of-these = None of these. Register a new person.
visit-number-hint = With a number we find the right person.
visit-born-hint = Used when the person has no number.
visit-identify = Tie the visit to the person
visit-told = What the person has told
visit-no-account = The person has not told more.
visit-earlier = Told before
visit-earlier-advice = Read this first. Do not ask for it again.
visit-told-again = { $x ->
    [one] The person has told of the same need once before in the last 90 days.
   *[other] The person has told of the same need { $x } times before in the last 90 days.
}
visit-sorting = Sorting
visit-because-talk = Talk must show it
visit-corrected = Corrected from “{ $x }” to “{ $y }”.
visit-corrected-why = Reason: { $x }
visit-sort = Correct the sorting
visit-sort-to = Where does the visit belong?
visit-sort-reason = Why?
visit-sort-reason-hint = Write briefly what was not right.
visit-sort-save = Save the sorting
visit-agencies = Agencies concerned
visit-agencies-none = No agency has been pointed out yet.
visit-took-part = Took part
visit-ways = Decision sent to
visit-way-away = Another office
visit-history = History

# Closing a visit
close-title = Close visit number { $x }
close-joint-title = This calls for a joint meeting
close-joint-lead = The needs concern several agencies. Book the meeting now, or write below why the person does not want one.
close-joint-lead-host = The needs concern several agencies. Ask somebody in the common area to book the meeting, or write below why the person does not want one.
close-unknown = We do not know who the person is. That is needed to open a case or to send a decision home.
close-identify = Say who it is
close-outcome = How did the visit end?
close-group-answer = For “Settled on the spot”, “Informed” and “Shared case”
close-answer = What did you answer, or what is the case about?
close-answer-hint = What you write is printed on the person’s slip.
close-group-took-part = For “Settled on the spot”: which agencies took part?
close-group-outside = For “Helped on to somebody outside”
close-whom = Who outside?
close-whom-hint = For example the doctor or a voluntary organisation.
close-group-step = For “Next step agreed”, “Shared case” and “Helped on to somebody outside”
close-group-step-caseless = For “Next step agreed” and “Helped on to somebody outside”
close-group-case = For “Shared case”
close-deputy = Deputy
close-choose = Choose
close-group-declined = If the person does not want a joint meeting
close-declined = Why not?
close-declined-hint = Write it in the person’s own words.
close-group-any = Whatever the outcome
close-decision = Is a decision needed?
close-decision-none = No
close-decision-hint = The decision goes to the unit with the mandate where the person lives.
close-adviser = The person needs an adviser of their own
close-adviser-hint = Tick this when it is more than one visit can solve.
close-save = Close the visit

# The joint meeting
meeting-title = Book a joint meeting
meeting-unknown = You need to know who the person is before you can book the meeting.
meeting-who = Who takes part?
meeting-with = Colleagues
meeting-with-hint = You take part yourself. Choose at least one more.
meeting-find = Find free times
meeting-times = When?
meeting-none-free = No time suits everybody. Choose fewer or other colleagues.
meeting-at = Times when everybody is free
meeting-place = Place
meeting-place-hint = For example a meeting room.
meeting-book = Book the meeting and close the visit
joint-meeting-at = Joint meeting at { $x }

# The slip
slip-title = Slip for the person
slip-lead = The slip is in the person’s own language. Go through it together.
slip-come-back = You are welcome back.
slip-answer = What we talked about
slip-next = Next step
slip-when = When
slip-where = Where
slip-who = Who sees to it
slip-with = Those taking part
slip-adviser = Your adviser
slip-routed = The decision comes from
slip-questions = Questions? Contact us
slip-phone = Telephone { $x }
slip-print = Print
slip-send-title = Send as a text message
slip-send-phone = Mobile number
slip-send-hint = The message gives only the day and the office. It does not say what it is about.
slip-send = Send
slip-text-plain = Hello! Thank you for visiting { $x }. If you have questions, call { $y }.
slip-text-step = Hello! You have an appointment on { $x }. See the slip you were given, or contact { $y }.
queue-separate = At this desk the agencies are separate. The list shows those who come to you, and those whom no agency has yet.
queue-others = { $x } others are waiting.
queue-others-few = Fewer than { $x } others are waiting.
visit-need-withheld = withheld
visit-withheld = Some of what was told belongs to another agency and is not shown here. If you call the person in, the visit is yours.
fault-title-office-ended = The office is there no more
fault-advice-office-ended = It was closed or became part of another. Look at the list of offices.
