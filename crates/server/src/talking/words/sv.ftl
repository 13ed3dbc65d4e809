talking-title = Att prata om på nästa möte
talking-case = Tillbaka till ärendet
talking-about = Här har två myndigheter fått olika svar på samma sak. Det kan ha många orsaker. Prata med personen om det. Det får inga andra följder.
talking-none = Det finns inget att prata om nu.
talking-kind = Det gäller
talking-who = Svaren är från
talking-of = { $x }, { $y }
talking-found = Upptäckt
talking-done = Pratat om
talking-settle = Vi har pratat om det
talking-settled = Pratat om tidigare
talking-open = { $x ->
    [one] Det finns { $x } sak att prata om på nästa möte
   *[other] Det finns { $x } saker att prata om på nästa möte
}
done-talking-settled = Noterat att ni har pratat om det.
sent-point = Punkt
