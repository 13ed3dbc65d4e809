talking-title = Å snakke om på neste møte
talking-case = Tilbake til saken
talking-about = Her har to etater fått ulike svar på det samme. Det kan ha mange grunner. Snakk med personen om det. Det får ingen andre følger.
talking-none = Det er ingenting å snakke om nå.
talking-kind = Det gjelder
talking-who = Svarene er fra
talking-of = { $x }, { $y }
talking-found = Oppdaget
talking-done = Snakket om
talking-settle = Vi har snakket om det
talking-settled = Snakket om før
talking-open = { $x ->
    [one] Det er { $x } ting å snakke om på neste møte
   *[other] Det er { $x } ting å snakke om på neste møte
}
done-talking-settled = Notert at dere har snakket om det.
sent-point = Punkt
