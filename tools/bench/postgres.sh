#!/usr/bin/env bash
# Roll calls in PostgreSQL, both layouts, for the table of tools/dev bench: a private cluster on a unix socket,
# synchronous_commit on, pgbench with prepared statements on the same two cores. Prints two numbers:
#   rows <transactions/s of one statement that upserts 45 rows>   packed <one row per class and session>
# Usage: postgres.sh SECONDS CLIENTS. Prints nothing and exits 77 when PostgreSQL is not installed.
set -euo pipefail
seconds=${1:-10} clients=${2:-16}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || exit 77
work=$(mktemp -d /tmp/twinline-pg.XXXXXX)
run() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
[ "$(id -u)" != 0 ] || chown postgres:postgres "$work"
trap 'if [ -f "$work/data/postmaster.pid" ]; then run "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true; fi; rm -rf "$work"' EXIT
run "$bin/initdb" -D "$work/data" -A trust -U bench --no-instructions >/dev/null
run "$bin/pg_ctl" -D "$work/data" -o "-c listen_addresses='' -c unix_socket_directories='$work' -c shared_buffers=1GB -c max_connections=100" \
  -w -l "$work/log" start >/dev/null
sql() { "$bin/psql" -q -h "$work" -U bench postgres "$@"; }
sql <<'SQL'
create table attendance(student_id bigint, day int, session smallint, class_id int, mark smallint, marked_by int,
  marked_at timestamptz default now(), primary key (student_id, day, session));
create index on attendance(class_id, day, session);
create table class_session(class_id int, day int, session smallint, roster int, exceptions bytea, marked_by int,
  marked_at timestamptz default now(), primary key (class_id, day, session));
create table outbox(id bigserial primary key, body jsonb);
SQL
cat > "$work/rows.sql" <<'SQL'
\set class random(1, 1700)
\set day random(1, 200)
\set session random(1, 2)
begin;
insert into attendance(student_id, day, session, class_id, mark, marked_by)
  select :class::int * 100 + n, :day::int, :session::int, :class::int, case when n = 3 then 5 else 0 end, :class::int from generate_series(1, 45) n
  on conflict (student_id, day, session) do update set mark = excluded.mark, marked_at = now();
insert into outbox(body) values (jsonb_build_object('class', :class::int, 'day', :day::int, 'pad', repeat('x', 200)));
commit;
SQL
cat > "$work/packed.sql" <<'SQL'
\set class random(1, 1700)
\set day random(1, 200)
\set session random(1, 2)
insert into class_session(class_id, day, session, roster, exceptions, marked_by)
  values (:class, :day, :session, 7, '\x0305'::bytea, :class)
  on conflict (class_id, day, session) do update set exceptions = excluded.exceptions, marked_at = now();
SQL
for layout in rows packed; do
  tps=$("$bin/pgbench" -h "$work" -U bench -n -M prepared -j 2 -c "$clients" -T "$seconds" -f "$work/$layout.sql" postgres 2>/dev/null |
    sed -n 's/^tps = \([0-9.]*\).*/\1/p')
  echo "$layout $tps"
done
