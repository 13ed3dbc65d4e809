talking-title = To talk about at the next meeting
talking-case = Back to the case
talking-about = Here two agencies have been given different answers to the same question. There can be many reasons. Talk with the person about it. Nothing else follows from it.
talking-none = There is nothing to talk about now.
talking-kind = It is about
talking-who = The answers are from
talking-of = { $x }, { $y }
talking-found = Found
talking-done = Talked about
talking-settle = We have talked about it
talking-settled = Talked about before
talking-open = { $x ->
    [one] There is { $x } thing to talk about at the next meeting
   *[other] There are { $x } things to talk about at the next meeting
}
done-talking-settled = Noted that you have talked about it.
sent-point = Point
