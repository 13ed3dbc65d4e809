# Needs, in the words of the person
need-work = Finne arbeid
need-training = Lære noe for å komme i arbeid
need-income = Penger å leve av
need-illness = Sykdom
need-disability = Nedsatt funksjonsevne
need-family = Barn og familie
need-housing = Sted å bo
need-debt = Gjeld og regninger
need-letter = Et brev eller et vedtak
need-other = Noe annet, eller vet ikke
need-hint-work = Du har mistet jobben eller søker jobb.
need-hint-training = Kurs, skole eller praksis.
need-hint-income = Du mangler penger til mat, husleie eller annet nå.
need-hint-illness = Du er syk eller kan ikke arbeide som før.
need-hint-disability = Du trenger støtte eller hjelpemidler i hverdagen.
need-hint-family = Du venter barn, er alene med barn eller trenger hjelp i familien.
need-hint-housing = Du har ikke bolig eller er i ferd med å miste den.
need-hint-debt = Du klarer ikke å betale det du skylder.
need-hint-letter = Du har fått noe fra oss som er vanskelig å forstå.
need-hint-other = Vi finner ut av det sammen.

# Sorting
track-desk = Én etat
track-common_area = Fellesområdet
track-joint_meeting = Felles møte
track-why-desk = Behovene peker mot én etat.
track-why-common_area = Behovene peker mot flere etater, eller det må vise seg i samtale.
track-why-joint_meeting = Behovene peker mot alle tre etatene.
mode-self_service = På egen hånd i kiosken
mode-host = Hos serviceverten
mode-desk = Hos én etat
mode-common_area = I fellesområdet

# Outcomes
outcome-clarified = Avklart på stedet
outcome-informed = Informert
outcome-next_step = Neste skritt avtalt
outcome-case = Felles sak
outcome-meeting = Felles møte bestilt
outcome-outside = Hjulpet videre til noen utenfor
outcome-left = Gikk før vi rakk å hjelpe
outcome-hint-clarified = Alt ble løst nå. Skriv svaret, og kryss av for etatene som var med.
outcome-hint-informed = Personen fikk vite det den lurte på. Skriv hva du sa.
outcome-hint-next_step = Noe skal skje en bestemt dag, uten at det trengs en felles sak.
outcome-hint-case = Flere etater skal følge opp. Åpner en sak, eller fortsetter den som er åpen.
outcome-hint-meeting = Bestilles på en egen side.
outcome-hint-outside = Noen utenfor kontoret hjelper videre. En her følger med på at det skjer.
outcome-hint-left = Bare for den som fortsatt sto i køen.

# The history of a visit
visit-event-arrived = Kom
visit-event-called = Kalt inn
visit-event-put_back = Tilbake i køen
visit-event-sorted = Sorteringen rettet
visit-event-identified = Knyttet til en person
visit-event-closed = Avsluttet
visit-state-waiting = Venter
visit-state-serving = Får hjelp
visit-state-closed = Avsluttet

# Waiting
wait-now = ingen ventetid akkurat nå
wait-between = { $x } til { $y } minutter
wait-unknown = kan ikke anslås ennå

# The kiosk
kiosk-start-title = Velkommen. Velg språk
kiosk-need-title = Hva trenger du hjelp med?
kiosk-need-hint = Du kan velge flere.
kiosk-next = Neste
kiosk-again = Begynn på nytt
kiosk-who-title = Vil du si hvem du er?
kiosk-who-lead = Du bestemmer selv. Sier du det, kan vi forberede oss, og du slipper å fortelle alt på nytt.
kiosk-number-hint = Fødselsnummer eller d-nummer. Skriv også navnet ditt.
kiosk-account-hint = Fortell kort med dine egne ord. Bare de som hjelper deg, får lese det.
kiosk-ticket = Få kølapp
kiosk-ticket-nameless = Få kølapp uten å si hvem jeg er
kiosk-done-title = Nummeret ditt
kiosk-done-advice = Husk nummeret. Sett deg gjerne, så kaller vi deg inn.
kiosk-finish = Ferdig

# Who somebody is
who-given = Fornavn
who-family = Etternavn
who-given-optional = Fornavn (valgfritt)
who-family-optional = Etternavn (valgfritt)
who-number-optional = Identitetsnummer (valgfritt)
who-born-optional = Fødselsdato (valgfritt)
who-account-optional = Situasjonen med egne ord (valgfritt)

# The queue
queue-title = Køen på { $x }
queue-stale = Forbindelsen er brutt. Listen kan være gammel.
queue-waiting-now = Venter nå
queue-serving-now = Får hjelp nå
queue-today = Besøk i dag
queue-clarified = Avklart på stedet i dag
queue-wait = Forventet ventetid
queue-waiting = Venter
queue-serving = Får hjelp nå
queue-nobody-waiting = Ingen venter.
queue-nobody-served = Ingen får hjelp akkurat nå.
queue-since = Kom
queue-server = Får hjelp av
queue-you = Deg
queue-back = Til køen

# Checking in
check-in-title = Registrer besøk
check-in-needs = Hva trenger personen hjelp med?
check-in-needs-hint = Velg alt som passer.
check-in-account-hint = Skriv det personen forteller, slik at ingen må spørre på nytt.
check-in-who = Hvem er det?
check-in-who-hint = Personen kan la være å si det.
check-in-search = Søk etter personen
check-in-chosen = Personen du valgte, er med.
check-in-another = Velg en annen
check-in-number-hint = Skriv også navnet.
check-in-language = Språk å bli møtt på

# A visit
visit-title = Besøk nummer { $x }
visit-ticket = Kølapp
visit-needs = Behov
visit-track = Sortert til
visit-waited = Har ventet
visit-minutes = { $x } min
visit-language = Språk
visit-no-name = Har ikke sagt navnet
visit-take = Kall inn
visit-take-over = Ta over
visit-put-back = Legg tilbake i køen
visit-close = Avslutt besøket
visit-meeting = Bestill felles møte
visit-back = Til besøket
visit-cancel = Avbryt
visit-served-by = { $x } hjelper personen nå.
visit-outcome = Slik endte besøket
visit-outcome-kind = Utfall
visit-answer = Svar
visit-step = Neste skritt
visit-step-what = Hva skal skje?
visit-step-what-hint = Skriv slik at personen forstår det.
visit-step-on = Dato
visit-step-place = Sted
visit-step-place-hint = Et rom, en adresse, en telefonsamtale eller en nettside.
visit-step-owner = Hvem sørger for det
visit-step-owner-me = Meg selv
visit-closed-at = Avsluttet
visit-slip = Lapp til personen
visit-case = Åpne saken
visit-facts = Om besøket
visit-office = Kontor
visit-arrived = Kom
visit-mode = Møtt
visit-person = Person
visit-person-open = Åpne personen
visit-person-known = Besøket er knyttet til en person.
visit-person-unknown = Personen sa ikke hvem den var.
visit-person-later = Vi vet ikke hvem dette er. Den som hjelper personen, spør hvis det trengs.
visit-identify-lead = Vi vet ikke hvem dette er. Spør bare hvis det trengs for å hjelpe.
visit-alike = Er det en av disse?
visit-alike-hint = Velg personen, eller kryss av nederst hvis det er en annen.
visit-none-of-these = Ingen av disse. Registrer en ny person.
visit-number-hint = Har personen et nummer, finner vi den riktige.
visit-born-hint = Brukes når personen ikke har et nummer.
visit-identify = Knytt besøket til personen
visit-told = Dette har personen fortalt
visit-no-account = Personen har ikke fortalt mer.
visit-earlier = Fortalt før
visit-earlier-advice = Les dette først. Ikke spør om det samme på nytt.
visit-told-again = { $x ->
    [one] Personen har fortalt om det samme én gang før de siste 90 dagene.
   *[other] Personen har fortalt om det samme { $x } ganger før de siste 90 dagene.
}
visit-sorting = Sortering
visit-because-talk = Må vise seg i samtale
visit-corrected = Rettet fra «{ $x }» til «{ $y }».
visit-corrected-why = Grunn: { $x }
visit-sort = Rett sorteringen
visit-sort-to = Hvor hører besøket hjemme?
visit-sort-reason = Hvorfor?
visit-sort-reason-hint = Skriv kort hva som ikke stemte.
visit-sort-save = Lagre sorteringen
visit-agencies = Etater det gjelder
visit-agencies-none = Ingen etat er pekt ut ennå.
visit-took-part = Var med
visit-ways = Vedtak sendt til
visit-way-away = Et annet kontor
visit-history = Historikk

# Closing a visit
close-title = Avslutt besøk nummer { $x }
close-joint-title = Her trengs et felles møte
close-joint-lead = Behovene gjelder flere etater. Bestill møtet nå, eller skriv lenger ned hvorfor personen ikke ønsker det.
close-joint-lead-host = Behovene gjelder flere etater. Be en i fellesområdet bestille møtet, eller skriv lenger ned hvorfor personen ikke ønsker det.
close-unknown = Vi vet ikke hvem personen er. Det trengs for å åpne en sak eller sende et vedtak hjem.
close-identify = Si hvem det er
close-outcome = Hvordan endte besøket?
close-group-answer = For «Avklart på stedet», «Informert» og «Felles sak»
close-answer = Hva svarte du, eller hva gjelder saken?
close-answer-hint = Det du skriver, kommer på lappen til personen.
close-group-took-part = For «Avklart på stedet»: hvilke etater var med?
close-group-outside = For «Hjulpet videre til noen utenfor»
close-whom = Hvem utenfor?
close-whom-hint = For eksempel fastlegen eller en frivillig organisasjon.
close-group-step = For «Neste skritt avtalt», «Felles sak» og «Hjulpet videre til noen utenfor»
close-group-step-caseless = For «Neste skritt avtalt» og «Hjulpet videre til noen utenfor»
close-group-case = For «Felles sak»
close-deputy = Stedfortreder
close-choose = Velg
close-group-declined = Hvis personen ikke ønsker et felles møte
close-declined = Hvorfor ikke?
close-declined-hint = Skriv det med personens egne ord.
close-group-any = Uansett utfall
close-decision = Trengs det et vedtak?
close-decision-none = Nei
close-decision-hint = Vedtaket går til enheten som har fullmakt der personen bor.
close-adviser = Personen trenger en fast veileder
close-adviser-hint = Kryss av når det er mer enn ett besøk kan løse.
close-save = Avslutt besøket

# The joint meeting
meeting-title = Bestill felles møte
meeting-unknown = Du må vite hvem personen er før du kan bestille møtet.
meeting-who = Hvem skal være med?
meeting-with = Kollegaer
meeting-with-hint = Du er med selv. Velg minst én til.
meeting-find = Finn ledige tider
meeting-times = Når?
meeting-none-free = Ingen tid passer for alle. Velg færre eller andre kollegaer.
meeting-at = Tider der alle er ledige
meeting-place = Sted
meeting-place-hint = For eksempel et møterom.
meeting-book = Bestill møtet og avslutt besøket
joint-meeting-at = Felles møte klokka { $x }

# The slip
slip-title = Lapp til personen
slip-lead = Lappen er på personens eget språk. Gå gjennom den sammen.
slip-come-back = Du er velkommen tilbake.
slip-answer = Dette snakket vi om
slip-next = Neste skritt
slip-when = Når
slip-where = Hvor
slip-who = Hvem sørger for det
slip-with = Disse er med
slip-adviser = Din veileder
slip-routed = Vedtak kommer fra
slip-questions = Spørsmål? Kontakt oss
slip-phone = Telefon { $x }
slip-print = Skriv ut
slip-send-title = Send som tekstmelding
slip-send-phone = Mobilnummer
slip-send-hint = Meldingen sier bare dag og kontor. Den sier ikke hva det gjelder.
slip-send = Send
slip-text-plain = Hei! Takk for besøket på { $x }. Har du spørsmål, ring { $y }.
slip-text-step = Hei! Du har en avtale { $x }. Se lappen du fikk, eller kontakt { $y }.
queue-separate = Ved denne luka er etatene skilt. Lista viser de som kommer til deg, og de som ingen etat har ennå.
queue-others = { $x } andre venter.
queue-others-few = Færre enn { $x } andre venter.
visit-need-withheld = holdt tilbake
visit-withheld = Noe av det som ble fortalt, hører til en annen etat og vises ikke her. Kaller du inn personen, blir besøket ditt.
fault-title-office-ended = Kontoret finnes ikke lenger
fault-advice-office-ended = Det er lagt ned eller slått sammen med et annet. Se på listen over kontorer.
