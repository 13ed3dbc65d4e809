# Needs, in the words of the person
need-work = Finne arbeid
need-training = Lære noko for å kome i arbeid
need-income = Pengar å leve av
need-illness = Sjukdom
need-disability = Nedsett funksjonsevne
need-family = Barn og familie
need-housing = Stad å bu
need-debt = Gjeld og rekningar
need-letter = Eit brev eller eit vedtak
need-other = Noko anna, eller veit ikkje
need-hint-work = Du har mista jobben eller søkjer jobb.
need-hint-training = Kurs, skule eller praksis.
need-hint-income = Du manglar pengar til mat, husleige eller anna no.
need-hint-illness = Du er sjuk eller kan ikkje arbeide som før.
need-hint-disability = Du treng støtte eller hjelpemiddel i kvardagen.
need-hint-family = Du ventar barn, er åleine med barn eller treng hjelp i familien.
need-hint-housing = Du har ikkje bustad eller er i ferd med å miste han.
need-hint-debt = Du klarer ikkje å betale det du skuldar.
need-hint-letter = Du har fått noko frå oss som er vanskeleg å forstå.
need-hint-other = Vi finn ut av det saman.

# Sorting
track-desk = Éin etat
track-common_area = Fellesområdet
track-joint_meeting = Felles møte
track-why-desk = Behova peikar mot éin etat.
track-why-common_area = Behova peikar mot fleire etatar, eller det må vise seg i samtale.
track-why-joint_meeting = Behova peikar mot alle dei tre etatane.
mode-self_service = På eiga hand i kiosken
mode-host = Hos serviceverten
mode-desk = Hos éin etat
mode-common_area = I fellesområdet

# Outcomes
outcome-clarified = Avklart på staden
outcome-informed = Informert
outcome-next_step = Neste steg avtalt
outcome-case = Felles sak
outcome-meeting = Felles møte bestilt
outcome-outside = Hjelpt vidare til nokon utanfor
outcome-left = Gjekk før vi rakk å hjelpe
outcome-hint-clarified = Alt vart løyst no. Skriv svaret, og kryss av for etatane som var med.
outcome-hint-informed = Personen fekk vite det han eller ho lurte på. Skriv kva du sa.
outcome-hint-next_step = Noko skal skje ein bestemt dag, utan at det trengst ei felles sak.
outcome-hint-case = Fleire etatar skal følgje opp. Opnar ei sak, eller held fram med den som er open.
outcome-hint-meeting = Blir bestilt på ei eiga side.
outcome-hint-outside = Nokon utanfor kontoret hjelper vidare. Ein her følgjer med på at det skjer.
outcome-hint-left = Berre for den som framleis stod i køen.

# The history of a visit
visit-event-arrived = Kom
visit-event-called = Kalla inn
visit-event-put_back = Tilbake i køen
visit-event-sorted = Sorteringa retta
visit-event-identified = Knytt til ein person
visit-event-closed = Avslutta
visit-state-waiting = Ventar
visit-state-serving = Får hjelp
visit-state-closed = Avslutta

# Waiting
wait-now = inga ventetid akkurat no
wait-between = { $x } til { $y } minutt
wait-unknown = kan ikkje reknast ut enno

# The kiosk
kiosk-start-title = Velkomen. Vel språk
kiosk-need-title = Kva treng du hjelp med?
kiosk-need-hint = Du kan velje fleire.
kiosk-next = Neste
kiosk-again = Byrj på nytt
kiosk-who-title = Vil du seie kven du er?
kiosk-who-lead = Du bestemmer sjølv. Seier du det, kan vi førebu oss, og du slepp å fortelje alt på nytt.
kiosk-number-hint = Fødselsnummer eller d-nummer. Skriv òg namnet ditt.
kiosk-account-hint = Fortel kort med dine eigne ord. Berre dei som hjelper deg, får lese det.
kiosk-ticket = Få kølapp
kiosk-ticket-nameless = Få kølapp utan å seie kven eg er
kiosk-done-title = Nummeret ditt
kiosk-done-advice = Hugs nummeret. Set deg gjerne, så kallar vi deg inn.
kiosk-finish = Ferdig

# Who somebody is
who-given = Førenamn
who-family = Etternamn
who-given-optional = Førenamn (valfritt)
who-family-optional = Etternamn (valfritt)
who-number-optional = Identitetsnummer (valfritt)
who-born-optional = Fødselsdato (valfritt)
who-account-optional = Situasjonen med eigne ord (valfritt)

# The queue
queue-title = Køen på { $x }
queue-stale = Sambandet er brote. Lista kan vere gammal.
queue-waiting-now = Ventar no
queue-serving-now = Får hjelp no
queue-today = Besøk i dag
queue-clarified = Avklart på staden i dag
queue-wait = Venta ventetid
queue-waiting = Ventar
queue-serving = Får hjelp no
queue-nobody-waiting = Ingen ventar.
queue-nobody-served = Ingen får hjelp akkurat no.
queue-since = Kom
queue-server = Får hjelp av
queue-you = Deg
queue-back = Til køen

# Checking in
check-in-title = Registrer besøk
check-in-needs = Kva treng personen hjelp med?
check-in-needs-hint = Vel alt som passar.
check-in-account-hint = Skriv det personen fortel, slik at ingen må spørje på nytt.
check-in-who = Kven er det?
check-in-who-hint = Personen kan la vere å seie det.
check-in-search = Søk etter personen
check-in-chosen = Personen du valde, er med.
check-in-another = Vel ein annan
check-in-number-hint = Skriv òg namnet.
check-in-language = Språk å bli møtt på

# A visit
visit-title = Besøk nummer { $x }
visit-ticket = Kølapp
visit-needs = Behov
visit-track = Sortert til
visit-waited = Har venta
visit-minutes = { $x } min
visit-language = Språk
visit-no-name = Har ikkje sagt namnet
visit-take = Kall inn
visit-take-over = Ta over
visit-put-back = Legg tilbake i køen
visit-close = Avslutt besøket
visit-meeting = Bestill felles møte
visit-back = Til besøket
visit-cancel = Avbryt
visit-served-by = { $x } hjelper personen no.
visit-outcome = Slik enda besøket
visit-outcome-kind = Utfall
visit-answer = Svar
visit-step = Neste steg
visit-step-what = Kva skal skje?
visit-step-what-hint = Skriv slik at personen forstår det.
visit-step-on = Dato
visit-step-place = Stad
visit-step-place-hint = Eit rom, ei adresse, ein telefonsamtale eller ei nettside.
visit-step-owner = Kven sørgjer for det
visit-step-owner-me = Meg sjølv
visit-closed-at = Avslutta
visit-slip = Lapp til personen
visit-case = Opne saka
visit-facts = Om besøket
visit-office = Kontor
visit-arrived = Kom
visit-mode = Møtt
visit-person = Person
visit-person-open = Opne personen
visit-person-known = Besøket er knytt til ein person.
visit-person-unknown = Personen sa ikkje kven han eller ho var.
visit-person-later = Vi veit ikkje kven dette er. Den som hjelper personen, spør om det trengst.
visit-identify-lead = Vi veit ikkje kven dette er. Spør berre om det trengst for å hjelpe.
visit-alike = Er det ein av desse?
visit-alike-hint = Vel personen, eller kryss av nedst om det er ein annan.
visit-none-of-these = Ingen av desse. Registrer ein ny person.
visit-number-hint = Har personen eit nummer, finn vi den rette.
visit-born-hint = Blir brukt når personen ikkje har eit nummer.
visit-identify = Knyt besøket til personen
visit-told = Dette har personen fortalt
visit-no-account = Personen har ikkje fortalt meir.
visit-earlier = Fortalt før
visit-earlier-advice = Les dette først. Ikkje spør om det same på nytt.
visit-told-again = { $x ->
    [one] Personen har fortalt om det same éin gong før dei siste 90 dagane.
   *[other] Personen har fortalt om det same { $x } gonger før dei siste 90 dagane.
}
visit-sorting = Sortering
visit-because-talk = Må vise seg i samtale
visit-corrected = Retta frå «{ $x }» til «{ $y }».
visit-corrected-why = Grunn: { $x }
visit-sort = Rett sorteringa
visit-sort-to = Kvar høyrer besøket heime?
visit-sort-reason = Kvifor?
visit-sort-reason-hint = Skriv kort kva som ikkje stemte.
visit-sort-save = Lagre sorteringa
visit-agencies = Etatar det gjeld
visit-agencies-none = Ingen etat er peikt ut enno.
visit-took-part = Var med
visit-ways = Vedtak sendt til
visit-way-away = Eit anna kontor
visit-history = Historikk

# Closing a visit
close-title = Avslutt besøk nummer { $x }
close-joint-title = Her trengst eit felles møte
close-joint-lead = Behova gjeld fleire etatar. Bestill møtet no, eller skriv lenger nede kvifor personen ikkje ønskjer det.
close-joint-lead-host = Behova gjeld fleire etatar. Be ein i fellesområdet bestille møtet, eller skriv lenger nede kvifor personen ikkje ønskjer det.
close-unknown = Vi veit ikkje kven personen er. Det trengst for å opne ei sak eller sende eit vedtak heim.
close-identify = Sei kven det er
close-outcome = Korleis enda besøket?
close-group-answer = For «Avklart på staden», «Informert» og «Felles sak»
close-answer = Kva svara du, eller kva gjeld saka?
close-answer-hint = Det du skriv, kjem på lappen til personen.
close-group-took-part = For «Avklart på staden»: kva etatar var med?
close-group-outside = For «Hjelpt vidare til nokon utanfor»
close-whom = Kven utanfor?
close-whom-hint = Til dømes fastlegen eller ein frivillig organisasjon.
close-group-step = For «Neste steg avtalt», «Felles sak» og «Hjelpt vidare til nokon utanfor»
close-group-step-caseless = For «Neste steg avtalt» og «Hjelpt vidare til nokon utanfor»
close-group-case = For «Felles sak»
close-deputy = Stedfortredar
close-choose = Vel
close-group-declined = Om personen ikkje ønskjer eit felles møte
close-declined = Kvifor ikkje?
close-declined-hint = Skriv det med personens eigne ord.
close-group-any = Uansett utfall
close-decision = Trengst det eit vedtak?
close-decision-none = Nei
close-decision-hint = Vedtaket går til eininga som har fullmakt der personen bur.
close-adviser = Personen treng ein fast rettleiar
close-adviser-hint = Kryss av når det er meir enn eitt besøk kan løyse.
close-save = Avslutt besøket

# The joint meeting
meeting-title = Bestill felles møte
meeting-unknown = Du må vite kven personen er før du kan bestille møtet.
meeting-who = Kven skal vere med?
meeting-with = Kollegaer
meeting-with-hint = Du er med sjølv. Vel minst éin til.
meeting-find = Finn ledige tider
meeting-times = Når?
meeting-none-free = Inga tid passar for alle. Vel færre eller andre kollegaer.
meeting-at = Tider der alle er ledige
meeting-place = Stad
meeting-place-hint = Til dømes eit møterom.
meeting-book = Bestill møtet og avslutt besøket
joint-meeting-at = Felles møte klokka { $x }

# The slip
slip-title = Lapp til personen
slip-lead = Lappen er på språket til personen. Gå gjennom han saman.
slip-come-back = Du er velkomen tilbake.
slip-answer = Dette snakka vi om
slip-next = Neste steg
slip-when = Når
slip-where = Kvar
slip-who = Kven sørgjer for det
slip-with = Desse er med
slip-adviser = Rettleiaren din
slip-routed = Vedtak kjem frå
slip-questions = Spørsmål? Kontakt oss
slip-phone = Telefon { $x }
slip-print = Skriv ut
slip-send-title = Send som tekstmelding
slip-send-phone = Mobilnummer
slip-send-hint = Meldinga seier berre dag og kontor. Ho seier ikkje kva det gjeld.
slip-send = Send
slip-text-plain = Hei! Takk for besøket på { $x }. Har du spørsmål, ring { $y }.
slip-text-step = Hei! Du har ein avtale { $x }. Sjå lappen du fekk, eller kontakt { $y }.
queue-separate = Ved denne luka er etatane skilde. Lista viser dei som kjem til deg, og dei som ingen etat har enno.
queue-others = { $x } andre ventar.
queue-others-few = Færre enn { $x } andre ventar.
visit-need-withheld = halde tilbake
visit-withheld = Noko av det som vart fortalt, høyrer til ein annan etat og blir ikkje vist her. Kallar du inn personen, blir besøket ditt.
fault-title-office-ended = Kontoret finst ikkje lenger
fault-advice-office-ended = Det er lagt ned eller slått saman med eit anna. Sjå på lista over kontor.
