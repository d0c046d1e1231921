#!/usr/bin/env bash
# A real installation from an empty directory to a first imported class, by commands alone, as the runbook's "Set up a
# county" says: the three administrators, the bureau, areas, schools, classes, people and their duties, accounts, a
# registrar who imports her class.
# usage: real_installation.sh <twinlined> <twinline> <scratch directory>
set -euo pipefail
twinlined=$1
twinline=$2
scratch=$3
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"
export XDG_CONFIG_HOME=$scratch/config TWINLINE_LANG=en

server=
stop() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$server" ] || wait "$server" 2>/dev/null || true
}
trap stop EXIT
fail() {
  echo "FAILED: $*" >&2
  exit 1
}
# <who> <exit code> <text that must appear, or empty> <arguments>; standard input goes to the command.
as() {
  local who=$1 want=$2 text=$3 code=0
  shift 3
  out=$("$twinline" --as "$scratch/$who.token" "$@" 2>&1) || code=$?
  [ "$code" = "$want" ] || fail "$who: twinline $*: exit code $code, not $want: $out"
  grep -qF -- "$text" <<<"$out" || fail "$who: twinline $*: no \"$text\" in: $out"
}
# <who> <first password>: every first password is changed at the first log-in.
log_in() { as "$1" 0 'logged in' login "$1" <<<"$2"$'\n'"quiet-River-lamp-7351"; }
# The staff id of <name> at <office>.
staff_id() { "$twinline" --as "$scratch/$1.token" places staff "$2" 2>/dev/null | awk -v name="$3" '$2 == name { print $1 }'; }

"$twinlined" --data "$scratch/data" --init real --county 411282
"$twinlined" --data "$scratch/data" --listen 127.0.0.1:0 --metrics off --present 王建国 --present 李芳 \
  >"$scratch/port" 2>"$scratch/server.log" &
server=$!
for _ in $(seq 1 600); do
  grep -qs '^listening on port' "$scratch/port" && break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
grep -qs '^listening on port' "$scratch/port" || { cat "$scratch/server.log" >&2; fail "the server does not come up"; }
export TWINLINE_SERVER=127.0.0.1:$(sed -n 's/^listening on port //p' "$scratch/port")

for admin in sysadmin secadmin auditadmin; do
  first=$(awk -F'\t' -v name="$admin" '$1 == name { print $2 }' data/first-accounts.txt)
  [ -n "$first" ] || fail "no first password of $admin"
  log_in "$admin" "$first"
done
as sysadmin 1 'NOT_A_DEMONSTRATION' login --demo 00000000000000000000000000000001

# Templates are files that the import takes: heading and example, the example's places aside.
for kind in areas schools classes people; do
  as sysadmin 0 'saved' places template "$kind" --out "$scratch/template-$kind.csv"
  as sysadmin 0 '1 rows' places import "$scratch/template-$kind.csv" --dry-run
done

cat >areas.csv <<END
区划代码,区划名称,级别
41,河南省,省级
4112,三门峡市,市级
411282,灵宝市,县级
411282103,豫灵镇,乡镇
411282103201,王源村,村
END
cat >schools.csv <<END
学校标识码,学校名称,学校类型,所在乡镇代码,服务区村代码,对口初中标识码
2141128201,豫灵镇中心小学,小学,411282103,411282103201,3141128202
3141128202,豫灵镇初级中学,初中,411282103,411282103201,
END
year=$("$twinline" --as sysadmin.token whoami 2>/dev/null | grep -oE '20[0-9]{2}-[0-9]{2}' | head -1 |
  awk -F- '{ print $2 < 8 ? $1 - 1 : $1 }')
printf '学校标识码,年级,班号,学年\n2141128201,1,1,%s\n2141128201,1,2,%s\n3141128202,7,1,%s\n' "$year" "$year" "$year" \
  >classes.csv
cat >people.csv <<END
姓名,所在单位,角色,任职单位,任职起始日,电话
赵敏,bureau:411282,教体局经办,bureau:411282,$year-08-01,13800000001
周强,bureau:411282,教体局局长,bureau:411282,$year-08-01,13800000002
何若曦,township:411282103,乡镇干部,township:411282103,$year-08-01,13800000003
仇鑫磊,village:411282103201,村干部,village:411282103201,$year-08-01,13800000004
单沛玲,2141128201,学籍管理员,2141128201,$year-08-01,13800000005
孙立,2141128201,校长,2141128201,$year-08-01,13800000006
邹雪,2141128201,班主任,2141128201/1-1,$year-08-01,13800000007
END

# The bureau first: recorded by one administrator, put in office by another, given an account by the first.
as sysadmin 0 '2 to record' places import people.csv --dry-run
as sysadmin 0 '2 rows recorded, 0 refused' places import people.csv --yes
as secadmin 0 '2 rows recorded, 0 refused' places import people.csv --yes
bureau_id=$(staff_id sysadmin bureau:411282 赵敏)
[ -n "$bureau_id" ] || fail "the bureau's official is not recorded"
as sysadmin 0 'account zhaomin is made' accounts create "$bureau_id" zhaomin <<<'first-Autumn-lamp-7351'
log_in zhaomin first-Autumn-lamp-7351

# Nothing is imported of a file with an error, and every error is named.
sed 's/,乡镇$/,镇子/; s/^4112,/,/' areas.csv >areas-wrong.csv
as zhaomin 1 'PLACES_ROWS' places import areas-wrong.csv --yes
grep -qE '^ *3 +区划代码' <<<"$out" || fail "row 3 is not named: $out"
grep -qE '^ *5 +级别' <<<"$out" || fail "row 5 is not named: $out"
as zhaomin 1 'PLACES_COLUMNS' places import "$scratch/port" --yes

as zhaomin 0 'rows recorded, 0 refused' places import areas.csv schools.csv classes.csv people.csv --yes
# Whatever is there already is left alone.
as zhaomin 0 '0 to record' places import areas.csv schools.csv classes.csv people.csv --yes
as sysadmin 0 '2 rows recorded, 0 refused' places import people.csv --yes
as secadmin 0 '2 rows recorded, 0 refused' places import people.csv --yes
as secadmin 0 '0 to record' places import people.csv --yes

# One at a time: a village, a class and its teacher.
as zhaomin 0 'recorded' places area 411282103202 文底村 --kind VILLAGE
as zhaomin 0 'recorded, id' places class 3141128202/7-2 --year "$year"
as zhaomin 0 'recorded, id' places person 许洁 3141128202 --phone 13800000008
person=$(grep -oE '[0-9a-f]{32}' <<<"$out")
as zhaomin 0 'recorded, id' places duty "$person" 班主任 --class 3141128202/7-2 --from "$year-08-01"
duty=$(grep -oE '[0-9a-f]{32}' <<<"$out")
as zhaomin 0 'class teacher' places duties --person "$person"
class_id=$("$twinline" --as zhaomin.token places classes 3141128202 2>/dev/null | awk '/7-2/ { print $NF }')
as zhaomin 0 'recorded' places end-duty "$duty" "class:$class_id" --reason 调离

# The registrar has an account and imports her class.
registrar_id=$(staff_id zhaomin school:2141128201 单沛玲)
as sysadmin 0 'account shanpeiling is made' accounts create "$registrar_id" shanpeiling <<<'first-Winter-lamp-9268'
log_in shanpeiling first-Winter-lamp-9268
cat >class.csv <<END
学校标识码,姓名,身份证件类型,身份证件号,性别,年级,班级,入学年月,户口所在地,电话,监护人1姓名,监护人1关系,监护人1电话
2141128201,罗建辉,居民身份证,$("$here/id_number.sh" 411282 "$((year - 6))0305" 001),男,一年级,1班,$year-09,411282103201,,罗强,父亲,13800000011
2141128201,萧雅,居民身份证,$("$here/id_number.sh" 411282 "$((year - 6))0506" 002),女,一年级,1班,$year-09,411282103201,,萧磊,父亲,13800000012
END
for mode in --dry-run ''; do
  # shellcheck disable=SC2086 # no word when it is empty
  as shanpeiling 0 'created' students import class.csv $mode
  grep -qE 'created[ :]+2$' <<<"$out" || fail "not two children created by import $mode: $out"
done
as shanpeiling 0 '2 pupils' students class 2141128201/1-1
as shanpeiling 0 '罗建辉' students class 2141128201/1-1
# Another school's children stay out of her reach.
as shanpeiling 1 'PERMISSION' students class 3141128202/7-1
echo "real_installation: all steps passed"
