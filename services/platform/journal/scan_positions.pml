/* Scan positions in Promela. There is no order between journals, so a reaction may meet an event before the
   facts that its writer knew. A header therefore names how far its writer had read every journal it follows
   (only what changed), and a follower offers a record to its rules only when it has itself read as far (R-51).
   What must hold: nothing is reacted to before its facts are there, and nobody waits for ever (no invalid
   end state). The test spin_admit demands that the BUG_ variant fails. */
#define WRITES(me) (me < 2 -> 2 : 1)

/* Three services that follow each other. `scan` is stored, 0 when unchanged; `rests` is what it means, in
   full, for the assertion only. */
typedef Entry { byte scan[3], rests[3] }
typedef Journal { Entry entry[2]; byte size, told[3], cursor[3] }
Journal journal[3];
byte need[27]; /* need[9 me + 3 from + third]: how far `me` must be in `third` to read on in `from` */

inline Write(me, other) {
  journal[me].entry[journal[me].size].rests[other] = journal[me].cursor[other];
  if
  :: journal[me].cursor[other] != journal[me].told[other] ->
     journal[me].entry[journal[me].size].scan[other] = journal[me].cursor[other];
     journal[me].told[other] = journal[me].cursor[other]
  :: else
  fi
}

#define HERE journal[me].cursor
#define NEXT(from) journal[from].entry[HERE[from]]
#define KNOWN(from, third) need[9 * me + 3 * from + third]
#define NEED(from, third) (NEXT(from).scan[third] -> NEXT(from).scan[third] : KNOWN(from, third))
#ifdef BUG_NO_WAIT
#define READY(from, third) true
#else
#define READY(from, third) (HERE[third] >= NEED(from, third))
#endif
#define READ(from, third) d_step { HERE[from] < journal[from].size && READY(from, third) -> \
  assert(HERE[third] >= NEXT(from).rests[third]); KNOWN(from, third) = NEED(from, third); HERE[from]++ }

proctype Service(byte me; byte a; byte b) {
  do
  :: d_step { journal[me].size < WRITES(me) -> Write(me, a); Write(me, b); journal[me].size++ }
  :: READ(a, b)
  :: READ(b, a)
  :: HERE[a] == WRITES(a) && HERE[b] == WRITES(b) && journal[me].size == WRITES(me) -> break
  od
}

init { atomic { run Service(0, 1, 2); run Service(1, 0, 2); run Service(2, 0, 1) } }
