/* The commit protocol of admit.h in Promela: Spin tries every order in which two leaders act, a log delivers
   late, out of order and twice, and a follower that lost its disk finds its place again (R-52).
   What must hold: no reader ever halts, and all readers admit the same record at the same position.
   The test spin_admit also builds every BUG_ variant and demands that Spin finds it: a model that cannot
   fail proves nothing. Keep this in step with Admit(). scan_positions.pml holds the other half (R-51). */
#ifndef RECORDS
#define RECORDS 5 /* ever written, by both leaders */
#endif
#define LANDINGS (RECORDS + 1) /* entries of the log, so at least one repetition or one lost record */
#define START 1
#define BATCH 2

/* A record is its number. A START has no position in its bytes; it gets one at admission. */
byte kind[RECORDS + 1], epoch[RECORDS + 1], pos[RECORDS + 1], flying[RECORDS + 1], made;
int prev[RECORDS + 1]; /* chain value before it; a chain value is the admitted numbers as digits */
byte log[LANDINGS], landed;
byte truth[RECORDS + 1]; /* the record at each position, as its first reader admitted it */

typedef Reader { byte at, epoch, began, next, last, got; int chain; bool halted }
#define CHAIN(before, rec) ((before) * (RECORDS + 1) + (rec))
#define FITS(r, rec) (pos[rec] == r.next && prev[rec] == r.chain)

/* The table of admit.h, row by row. got = the record if it was accepted. */
inline Admit(r, rec) {
  r.got = 0;
  if
  :: kind[rec] == START && epoch[rec] > r.epoch -> r.epoch = epoch[rec]; r.began = r.next; r.got = rec
  :: kind[rec] == START && epoch[rec] <= r.epoch -> skip /* a lost race */
#ifndef BUG_NO_FENCE
  :: kind[rec] == BATCH && epoch[rec] < r.epoch && pos[rec] <= r.began -> skip /* late; further on is a halt */
#endif
  :: kind[rec] == BATCH && epoch[rec] == r.epoch && pos[rec] < r.next -> /* once more, or R-80 */
     r.halted = r.halted || (pos[rec] + 1 == r.next && r.last != rec)
  :: kind[rec] == BATCH && epoch[rec] == r.epoch && FITS(r, rec) -> r.got = rec
  :: else -> r.halted = true
  fi;
  if
  :: r.got -> r.chain = CHAIN(r.chain, rec); r.last = rec; r.next++
  :: else
  fi;
  r.at++
}

inline ReadToEnd(r) { /* and compares with what others admitted */
  do
  :: r.at < landed ->
     Admit(r, log[r.at]);
     assert(!r.halted);
     if
     :: r.got && !truth[r.next - 1] -> truth[r.next - 1] = r.got
     :: r.got && truth[r.next - 1] -> assert(truth[r.next - 1] == r.got)
     :: else
     fi
  :: else -> break
  od
}

#ifdef BUG_NO_NONCE /* takes any start of its epoch for its own */
#define LEADS (r.last == mine || (kind[mine] == START && kind[r.last] == START && epoch[r.last] == epoch[mine]))
#elif defined(BUG_NO_READ_BACK) /* appends before the last record was read back */
#define LEADS (epoch[mine] == r.epoch && (r.last == mine || kind[mine] == BATCH))
#else
#define LEADS (r.last == mine)
#endif

/* Appends the next batch once its last record is read back and admitted, that is acknowledged; or, after a
   pause, a time-out or a new start of the process, takes another epoch. To act on an old prefix of the log
   is the same as to act at once and to be delivered late, so a leader reads to the end before it acts. */
proctype Leader() {
  Reader r; byte mine;
  do
  :: atomic { made < RECORDS && landed < LANDINGS ->
       d_step { ReadToEnd(r); skip }
       if
       :: d_step { mine && LEADS -> made++; kind[made] = BATCH; epoch[made] = epoch[mine]; pos[made] = r.next;
            prev[made] = r.chain; mine = made; flying[mine] = 2 }
       :: d_step { made++; kind[made] = START; epoch[made] = r.epoch + 1; mine = made; flying[mine] = 2 }
       fi }
  od
}

/* Delivers any record that is on its way: once, twice or never, in any order. */
#define LAND(rec) d_step { landed < LANDINGS && flying[rec] -> flying[rec]--; log[landed] = rec; landed++ }
proctype Medium() {
  do
  :: LAND(1)
  :: LAND(2)
  :: LAND(3)
  :: LAND(4)
#if RECORDS > 4
  :: LAND(5)
#endif
  od
}

#define FORGET(r) r.at = 0; r.epoch = 0; r.began = 0; r.next = 0; r.last = 0; r.chain = 0; r.halted = false
#define CLAIMS(i) (kind[log[i]] == BATCH && pos[log[i]] == old.next && prev[log[i]] == old.chain)

/* Once the log is full (a shorter one is the beginning of it): reads `cut` entries, loses all but the cursor
   that its own records carry, finds its place by trying the batch at `from` first, and reads the rest. */
proctype Follower() {
  Reader r, old; byte cut, from, i;
  d_step { landed == LANDINGS ->
    ReadToEnd(r);
    for (cut : 0 .. LANDINGS) {
      FORGET(old);
      do :: old.at < cut -> Admit(old, log[old.at]) :: else -> break od;
      for (from : 0 .. LANDINGS - 1) {
        FORGET(r);
        i = from;
#ifndef BUG_ANY_LANDING /* a batch counts where it landed first: behind its repetition a START is missing */
        i = 0;
        do :: log[i] != log[from] -> i++ :: else -> break od;
#endif
        if
        :: kind[log[i]] == BATCH && pos[log[i]] < old.next ->
           r.epoch = epoch[log[i]]; r.began = pos[log[i]]; /* or before */
           r.next = pos[log[i]] + 1; r.last = log[i]; r.at = i + 1;
           r.chain = CHAIN(prev[log[i]], log[i])
        :: else
        fi;
        do
        :: r.next < old.next && r.at < landed && !r.halted -> Admit(r, log[r.at])
        :: else -> break
        od;
        if
        :: r.next == old.next && r.chain == old.chain && !r.halted -> skip
        :: else -> FORGET(r) /* another history: from the beginning */
        fi;
#ifdef BUG_FIRST_CLAIM /* instead: the first batch that claims the next position with the right chain */
        i = 0;
        do
        :: i < landed && !CLAIMS(i) -> i++
        :: else -> break
        od;
        if
        :: i < landed -> r.at = i; r.epoch = epoch[log[i]]; r.began = old.next; r.next = old.next; r.chain = old.chain
        :: else
        fi;
#endif
        ReadToEnd(r)
      }
    }
  }
}

init { atomic { run Medium(); run Leader(); run Leader(); run Follower() } }
