figures-title = Statistik för kontoret
figures-from = Från och med
figures-until = Till och med
figures-show = Visa statistik
figures-between = { $x } till { $y }
figures-figure = Uppgift
figures-count = Antal
figures-share = Andel
figures-percent = { $x } % av { $y }
figures-rows = Underlag
figures-open = Visa besöken
figures-missing = Vad siffrorna inte visar
figures-open-visits = { $x ->
    [one] { $x } besök i perioden är inte avslutat och har inte räknats med.
   *[other] { $x } besök i perioden är inte avslutade och har inte räknats med.
}
figures-unknown-visitors = { $x ->
    [one] { $x } besök gjordes av någon som inte sade vem de är. Om de berättade något igen kan vi inte se.
   *[other] { $x } besök gjordes av personer som inte sade vem de är. Om de berättade något igen kan vi inte se.
}
figures-cases-now = Siffrorna om ärenden gäller de ärenden som är öppna nu, inte perioden.
figures-steps = Talen visas i hela steg om { $x }, och lägre tal visas inte. Det gäller när perioden är kortare än en månad och när du ser på ett annat kontor än ditt eget.
figures-rows-of = Besöken bakom siffran
figures-rows-none = Det finns inga besök.
figures-rows-first = Bara de senaste { $x } besöken visas.
figures-rows-about = Bara den som får se ett besök kan öppna det.
figures-ticket = Nummerlapp
figures-day = Dag
figures-track = Spår
figures-first-track = Första spåret
figures-last-track = Ändrat till
figures-outcome = Resultat
figures-reasons = Varför ärenden lämnas över
figures-reasons-none = Ingen har frågat om överlämning i perioden.
figures-reason = Skäl
figure-clarified = Löst i mottagningen
figure-def-clarified = Avslutade besök där allt löstes direkt, av alla avslutade besök.
figure-wrong = Fel spår först
figure-def-wrong = Avslutade besök där sorteringen behövde ändras, av alla avslutade besök.
figure-unended = Avslutade utan resultat
figure-def-unended = Besök där ingen har antecknat vad det ledde till, av alla avslutade besök. Målet är inga.
figure-told = Fick berätta igen
figure-def-told = Avslutade besök där personen har tagit upp samma behov de senaste 90 dagarna, av alla avslutade besök.
figure-cases = Öppna ärenden
figure-def-cases = Ärenden som är öppna nu och ligger hos en enhet vid kontoret.
figure-shuttling = Bollade fram och tillbaka
figure-def-shuttling = Öppna ärenden som minst två gånger har kommit tillbaka till en myndighet som hade dem tidigare.
figure-last-resort = Kommunens yttersta ansvar
figure-def-last-resort = Öppna ärenden som kommunen har för att ingen annan tog dem.
figure-forced = Byten av ansvarig på grund av ändrad stödform
figure-def-forced = Så många gånger personer med öppet ärende har fått byta ansvarig bara för att stödformen ändrades.
