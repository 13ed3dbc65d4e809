# Needs, in the words of the person
need-work = Hitta arbete
need-training = Lära mig något för att få arbete
need-income = Pengar att leva på
need-illness = Sjukdom
need-disability = Nedsatt funktion
need-family = Barn och familj
need-housing = Någonstans att bo
need-debt = Skulder och räkningar
need-letter = Ett brev eller ett beslut
need-other = Något annat, eller vet inte
need-hint-work = Du har förlorat jobbet eller söker jobb.
need-hint-training = Kurs, skola eller praktik.
need-hint-income = Du saknar pengar till mat, hyra eller annat nu.
need-hint-illness = Du är sjuk eller kan inte arbeta som förr.
need-hint-disability = Du behöver stöd eller hjälpmedel i vardagen.
need-hint-family = Du väntar barn, är ensam med barn eller behöver hjälp i familjen.
need-hint-housing = Du saknar bostad eller håller på att förlora den.
need-hint-debt = Du klarar inte att betala det du är skyldig.
need-hint-letter = Du har fått något från oss som är svårt att förstå.
need-hint-other = Vi tar reda på det tillsammans.

# Sorting
track-desk = En myndighet
track-common_area = Gemensamma ytan
track-joint_meeting = Gemensamt möte
track-why-desk = Behoven pekar mot en myndighet.
track-why-common_area = Behoven pekar mot flera myndigheter, eller så får det visa sig i samtal.
track-why-joint_meeting = Behoven pekar mot alla tre myndigheterna.
mode-self_service = På egen hand i kiosken
mode-host = Hos värden i mottagningen
mode-desk = Hos en myndighet
mode-common_area = På den gemensamma ytan

# Outcomes
outcome-clarified = Löst på plats
outcome-informed = Informerad
outcome-next_step = Nästa steg bestämt
outcome-case = Gemensamt ärende
outcome-meeting = Gemensamt möte bokat
outcome-outside = Hjälpt vidare till någon utanför
outcome-left = Gick innan vi hann hjälpa
outcome-hint-clarified = Allt löstes nu. Skriv svaret och kryssa för myndigheterna som var med.
outcome-hint-informed = Personen fick veta det den undrade över. Skriv vad du sa.
outcome-hint-next_step = Något ska hända en bestämd dag, utan att det behövs ett gemensamt ärende.
outcome-hint-case = Flera myndigheter ska följa upp. Öppnar ett ärende, eller fortsätter det som är öppet.
outcome-hint-meeting = Bokas på en egen sida.
outcome-hint-outside = Någon utanför kontoret hjälper vidare. Någon här ser till att det händer.
outcome-hint-left = Bara för den som fortfarande stod i kön.

# The history of a visit
visit-event-arrived = Kom
visit-event-called = Inkallad
visit-event-put_back = Tillbaka i kön
visit-event-sorted = Sorteringen rättad
visit-event-identified = Kopplat till en person
visit-event-closed = Avslutat
visit-state-waiting = Väntar
visit-state-serving = Får hjälp
visit-state-closed = Avslutat

# Waiting
wait-now = ingen väntetid just nu
wait-between = { $x } till { $y } minuter
wait-unknown = går inte att beräkna ännu

# The kiosk
kiosk-start-title = Välkommen. Välj språk
kiosk-need-title = Vad behöver du hjälp med?
kiosk-need-hint = Du kan välja flera.
kiosk-next = Nästa
kiosk-again = Börja om
kiosk-who-title = Vill du säga vem du är?
kiosk-who-lead = Du bestämmer själv. Om du säger det kan vi förbereda oss, och du slipper berätta allt igen.
kiosk-number-hint = Personnummer eller samordningsnummer. Skriv också ditt namn.
kiosk-account-hint = Berätta kort med dina egna ord. Bara de som hjälper dig får läsa det.
kiosk-ticket = Få nummerlapp
kiosk-ticket-nameless = Få nummerlapp utan att säga vem jag är
kiosk-done-title = Ditt nummer
kiosk-done-advice = Kom ihåg numret. Slå dig gärna ner, så kallar vi in dig.
kiosk-finish = Klar

# Who somebody is
who-given = Förnamn
who-family = Efternamn
who-given-optional = Förnamn (valfritt)
who-family-optional = Efternamn (valfritt)
who-number-optional = Identitetsnummer (valfritt)
who-born-optional = Födelsedatum (valfritt)
who-account-optional = Situationen med egna ord (valfritt)

# The queue
queue-title = Kön på { $x }
queue-stale = Förbindelsen är bruten. Listan kan vara gammal.
queue-waiting-now = Väntar nu
queue-serving-now = Får hjälp nu
queue-today = Besök i dag
queue-clarified = Löst på plats i dag
queue-wait = Beräknad väntetid
queue-waiting = Väntar
queue-serving = Får hjälp nu
queue-nobody-waiting = Ingen väntar.
queue-nobody-served = Ingen får hjälp just nu.
queue-since = Kom
queue-server = Får hjälp av
queue-you = Dig
queue-back = Till kön

# Checking in
check-in-title = Registrera besök
check-in-needs = Vad behöver personen hjälp med?
check-in-needs-hint = Välj allt som passar.
check-in-account-hint = Skriv det personen berättar, så att ingen behöver fråga igen.
check-in-who = Vem är det?
check-in-who-hint = Personen kan låta bli att säga det.
check-in-search = Sök efter personen
check-in-chosen = Personen som du valde är med.
check-in-another = Välj någon annan
check-in-number-hint = Skriv också namnet.
check-in-language = Språk att bli bemött på

# A visit
visit-title = Besök nummer { $x }
visit-ticket = Nummerlapp
visit-needs = Behov
visit-track = Sorterat till
visit-waited = Har väntat
visit-minutes = { $x } min
visit-language = Språk
visit-no-name = Har inte sagt namnet
visit-take = Kalla in
visit-take-over = Ta över
visit-put-back = Lägg tillbaka i kön
visit-close = Avsluta besöket
visit-meeting = Boka gemensamt möte
visit-back = Till besöket
visit-cancel = Avbryt
visit-served-by = { $x } hjälper personen nu.
visit-outcome = Så slutade besöket
visit-outcome-kind = Utfall
visit-answer = Svar
visit-step = Nästa steg
visit-step-what = Vad ska hända?
visit-step-what-hint = Skriv så att personen förstår.
visit-step-on = Datum
visit-step-place = Plats
visit-step-place-hint = Ett rum, en adress, ett telefonsamtal eller en webbsida.
visit-step-owner = Vem ser till det
visit-step-owner-me = Jag själv
visit-closed-at = Avslutat
visit-slip = Lapp till personen
visit-case = Öppna ärendet
visit-facts = Om besöket
visit-office = Kontor
visit-arrived = Kom
visit-mode = Bemött
visit-person = Person
visit-person-open = Öppna personen
visit-person-known = Besöket är kopplat till en person.
visit-person-unknown = Personen sa inte vem den var.
visit-person-later = Vi vet inte vem det här är. Den som hjälper personen frågar om det behövs.
visit-identify-lead = Vi vet inte vem det här är. Fråga bara om det behövs för att hjälpa.
visit-alike = Är det någon av de här?
visit-alike-hint = Välj personen, eller kryssa i längst ner om det är någon annan.
visit-none-of-these = Ingen av de här. Registrera en ny person.
visit-number-hint = Har personen ett nummer hittar vi rätt.
visit-born-hint = Används när personen inte har något nummer.
visit-identify = Koppla besöket till personen
visit-told = Det här har personen berättat
visit-no-account = Personen har inte berättat mer.
visit-earlier = Berättat tidigare
visit-earlier-advice = Läs det här först. Fråga inte om samma sak igen.
visit-told-again = { $x ->
    [one] Personen har berättat om samma sak en gång tidigare de senaste 90 dagarna.
   *[other] Personen har berättat om samma sak { $x } gånger tidigare de senaste 90 dagarna.
}
visit-sorting = Sortering
visit-because-talk = Får visa sig i samtal
visit-corrected = Rättad från ”{ $x }” till ”{ $y }”.
visit-corrected-why = Skäl: { $x }
visit-sort = Rätta sorteringen
visit-sort-to = Vart hör besöket?
visit-sort-reason = Varför?
visit-sort-reason-hint = Skriv kort vad som inte stämde.
visit-sort-save = Spara sorteringen
visit-agencies = Myndigheter som berörs
visit-agencies-none = Ingen myndighet är utpekad ännu.
visit-took-part = Var med
visit-ways = Beslut skickat till
visit-way-away = Ett annat kontor
visit-history = Historik

# Closing a visit
close-title = Avsluta besök nummer { $x }
close-joint-title = Här behövs ett gemensamt möte
close-joint-lead = Behoven berör flera myndigheter. Boka mötet nu, eller skriv längre ner varför personen inte vill ha det.
close-joint-lead-host = Behoven berör flera myndigheter. Be någon på den gemensamma ytan boka mötet, eller skriv längre ner varför personen inte vill ha det.
close-unknown = Vi vet inte vem personen är. Det behövs för att öppna ett ärende eller skicka hem ett beslut.
close-identify = Ange vem det är
close-outcome = Hur slutade besöket?
close-group-answer = För ”Löst på plats”, ”Informerad” och ”Gemensamt ärende”
close-answer = Vad svarade du, eller vad gäller ärendet?
close-answer-hint = Det du skriver kommer på personens lapp.
close-group-took-part = För ”Löst på plats”: vilka myndigheter var med?
close-group-outside = För ”Hjälpt vidare till någon utanför”
close-whom = Vem utanför?
close-whom-hint = Till exempel vårdcentralen eller en ideell förening.
close-group-step = För ”Nästa steg bestämt”, ”Gemensamt ärende” och ”Hjälpt vidare till någon utanför”
close-group-step-caseless = För ”Nästa steg bestämt” och ”Hjälpt vidare till någon utanför”
close-group-case = För ”Gemensamt ärende”
close-deputy = Ställföreträdare
close-choose = Välj
close-group-declined = Om personen inte vill ha ett gemensamt möte
close-declined = Varför inte?
close-declined-hint = Skriv det med personens egna ord.
close-group-any = Oavsett utfall
close-decision = Behövs ett beslut?
close-decision-none = Nej
close-decision-hint = Beslutet går till den enhet som har behörighet där personen bor.
close-adviser = Personen behöver en fast handläggare
close-adviser-hint = Kryssa i när det är mer än ett besök kan lösa.
close-save = Avsluta besöket

# The joint meeting
meeting-title = Boka gemensamt möte
meeting-unknown = Du behöver veta vem personen är innan du kan boka mötet.
meeting-who = Vilka ska vara med?
meeting-with = Kollegor
meeting-with-hint = Du är själv med. Välj minst en till.
meeting-find = Hitta lediga tider
meeting-times = När?
meeting-none-free = Ingen tid passar alla. Välj färre eller andra kollegor.
meeting-at = Tider då alla är lediga
meeting-place = Plats
meeting-place-hint = Till exempel ett mötesrum.
meeting-book = Boka mötet och avsluta besöket
joint-meeting-at = Gemensamt möte klockan { $x }

# The slip
slip-title = Lapp till personen
slip-lead = Lappen är på personens eget språk. Gå igenom den tillsammans.
slip-come-back = Du är välkommen tillbaka.
slip-answer = Det här pratade vi om
slip-next = Nästa steg
slip-when = När
slip-where = Var
slip-who = Vem ser till det
slip-with = De här är med
slip-adviser = Din handläggare
slip-routed = Beslut kommer från
slip-questions = Frågor? Kontakta oss
slip-phone = Telefon { $x }
slip-print = Skriv ut
slip-send-title = Skicka som sms
slip-send-phone = Mobilnummer
slip-send-hint = Meddelandet säger bara dag och kontor. Det säger inte vad det gäller.
slip-send = Skicka
slip-text-plain = Hej! Tack för besöket på { $x }. Har du frågor, ring { $y }.
slip-text-step = Hej! Du har en avtalad tid { $x }. Se lappen du fick, eller kontakta { $y }.
queue-separate = Vid den här disken är myndigheterna skilda. Listan visar dem som kommer till dig och dem som ingen myndighet har än.
queue-others = { $x } andra väntar.
queue-others-few = Färre än { $x } andra väntar.
visit-need-withheld = hålls tillbaka
visit-withheld = En del av det som berättades hör till en annan myndighet och visas inte här. Ropar du upp personen blir besöket ditt.
fault-title-office-ended = Kontoret finns inte längre
fault-advice-office-ended = Det är nedlagt eller har slagits ihop med ett annat. Se listan över kontor.
