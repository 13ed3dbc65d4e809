talking-title = Å snakke om på neste møte
talking-case = Tilbake til saka
talking-about = Her har to etatar fått ulike svar på det same. Det kan ha mange grunnar. Snakk med personen om det. Det får ingen andre følgjer.
talking-none = Det er ingenting å snakke om no.
talking-kind = Det gjeld
talking-who = Svara er frå
talking-of = { $x }, { $y }
talking-found = Oppdaga
talking-done = Snakka om
talking-settle = Vi har snakka om det
talking-settled = Snakka om før
talking-open = { $x ->
    [one] Det er { $x } ting å snakke om på neste møte
   *[other] Det er { $x } ting å snakke om på neste møte
}
done-talking-settled = Notert at de har snakka om det.
sent-point = Punkt
