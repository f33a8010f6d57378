# Sourced by the other scripts: finds what they run and Java, and builds the modules of a checkout if needed.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# A release has no pom.xml, and has what Maven builds without target/.
if [ -e "$root/pom.xml" ]; then
  model="$root/shared-model/tool/target"
  job="$root/spark-job/target"
  server="$root/serving/target/paritree-serving"
else
  model="$root/shared-model"
  job="$root/spark-job"
  server="$root/serving"
fi

# What tests and benches run from: the classes of shared-model, and those of its tests.
shared_classes="$root/shared-model/core/target/classes:$root/shared-model/insight/target/classes:$root/shared-model/tool/target/classes"
shared_tests="${shared_classes//target\/classes/target/test-classes}"

java="${JAVA_HOME:+$JAVA_HOME/bin/}java"

# Java reads arguments and file names in the locale's encoding; under cron and in containers that is
# often plain ASCII, and a column called größe would not be found.
case "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" in
  *[Uu][Tt][Ff]8* | *[Uu][Tt][Ff]-8*) ;;
  *) export LC_ALL=C.UTF-8 ;;
esac

# Prints a class path that a build has written to a file; a release's begins each entry in its root.
class_path() {
  local IFS=: entry path=
  for entry in $(<"$1"); do
    case $entry in
      /*) path+=":$entry" ;;
      *) path+=":$root/$entry" ;;
    esac
  done

  printf '%s' "${path#:}"
}

# Ends, and names all that is missing, where this machine lacks what a build needs.
require_build_tools() {
  local missing=() version
  version=$("${java}c" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p') || true
  [ "${version:-0}" -ge 17 ] || missing+=("a JDK of Java 17 or newer (openjdk-17-jdk-headless)")
  command -v mvn >/dev/null || missing+=("Maven 3.8.6 or newer (maven)")
  if [ -x /sbin/ldconfig ] && [[ $(/sbin/ldconfig -p) != *libgomp.so.1* ]]; then
    missing+=("OpenMP's library libgomp.so.1 (libgomp1)")
  fi

  if [ "${#missing[@]}" -gt 0 ]; then
    echo "Cannot build Paritree: this machine lacks the following (in brackets Debian's name); install it and try again" >&2
    printf '  %s\n' "${missing[@]}" >&2
    exit 1
  fi
}

# Builds all modules without their tests, unless the last build is newer than every source, or this is a release.
# PARITREE_BUILT=1 means that a build exists, for callers that run inside a build.
ensure_built() {
  if [ -n "${PARITREE_BUILT:-}" ] || [ ! -e "$root/pom.xml" ]; then
    return
  fi

  local stamp="$root/target/built"
  if [ -e "$stamp" ] && [ -z "$(cd "$root" && find pom.xml ./*/pom.xml ./*/*/pom.xml ./*/src ./shared-model/*/src -newer "$stamp" -print -quit 2>/dev/null)" ]; then
    return
  fi

  require_build_tools
  echo "Building Paritree (mvn -B -DskipTests package); the first time takes some minutes; log: target/build.log ..." >&2
  mkdir -p "$root/target"
  if ! (cd "$root" && mvn -B -q -DskipTests package >"$root/target/build.log" 2>&1); then
    tail -n 40 "$root/target/build.log" >&2
    echo "Cannot build Paritree: see target/build.log" >&2
    exit 1
  fi

  touch "$stamp"
}

# Archives of classes: a JVM that finds its program's classes in one starts in half the time. The first run makes it, and
# it is used with the same JDK, jars and options only. Nothing needs it (docs/decisions/0031-archives-of-classes.md).
archive=       # the file to use or to make; empty if there can be none
use_archive=() # options of java, empty without an archive
fits=()        # the caller's options of java that an archive depends on

# Finds Java's release and update (17 and 21 of 17.0.21, or 0), and the file that says them.
find_java() {
  local binary version
  binary=$(readlink -f "$(command -v "$java")") || binary=
  java_version="${binary%/bin/java}/release"
  version=$(sed -n 's/^JAVA_VERSION="\([0-9.]*\).*/\1/p' "$java_version" 2>/dev/null) || true
  IFS=. read -r release _ update _ <<<"${version:-0}"
}

# Whether nobody but root and this user can write to a directory.
is_trusted() {
  [ -n "$(find -H "$1" -maxdepth 0 -type d ! -perm /022 \( -user 0 -o -user "$EUID" \) 2>/dev/null)" ]
}

# Whether this user can make archives in a directory, which need not be there.
takes_archives() {
  if [ -e "$1" ]; then
    [ -w "$1" ] && is_trusted "$1"
  else
    [ -w "${1%/*}" ]
  fi
}

# Sets the variables above for a program.
#   find_archive NAME DIRECTORY JARS [OPTION OF JAVA]...
# JARS are separated by colons; the archive is kept below DIRECTORY, the program's own.
find_archive() {
  local own=$2 jars=$3 option key directory file
  archive_of="classes-$1-"
  shift 3
  find_java
  [ "${release:-0}" -ge 17 ] && [ "${PARITREE_ARCHIVES:-}" != off ] || return 0
  # shellcheck disable=SC2086 # words
  for option in "$@" ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-} ${_JAVA_OPTIONS:-}; do
    case $option in
      -agent* | -javaagent* | -Xshare* | -XX:*Archive* | -XX:AOT* | --patch-module*) return 0 ;;
      -D* | -Xm* | -Xss* | -Xlog*) ;; # may differ from run to run
      *) fits+=("$option") ;;
    esac
  done

  if [ "$release" -ge 25 ]; then
    make=-XX:AOTCacheOutput use=-XX:AOTCache quiet=(-Xlog:aot=off -Xlog:cds=off)
  else
    make=-XX:ArchiveClassesAtExit use=-XX:SharedArchiveFile quiet=(-Xshare:auto -Xlog:cds=off)
  fi

  key=$(
    {
      printf '%s\n' "$jars" ${fits[@]+"${fits[@]}"}
      IFS=:
      # shellcheck disable=SC2086 # a word for each jar
      stat -L -c '%n %s %Y' "$java_version" $jars
      cat "$java_version"
    } 2>/dev/null | cksum | tr ' ' -
  )
  for directory in "${PARITREE_ARCHIVES:-$own/archives}" "${CACHE_DIRECTORY:-}"; do # the latter is systemd's
    file="$directory/$archive_of$key.archive"
    if [ -s "$file" ] && [ -r "$file" ] && is_trusted "$directory"; then
      archive=$file
      use_archive=("$use=$archive" "${quiet[@]}")
      return 0
    elif [ -z "$archive" ] && [ -n "$directory" ] && takes_archives "$directory"; then
      archive=$file
    fi
  done
}

# Whether this start is to make the archive: the given one, counted from 1, of those that have none, or a later one if
# no other has tried it for a day.
archive_is_due() {
  local directory=${archive%/*}
  [ -n "$archive" ] && [ ${#use_archive[@]} -eq 0 ] || return 1
  {
    [ -d "$directory" ] || (umask 022 && mkdir "$directory") || return 1
    printf . >>"$archive.starts" && [ "$(wc -c <"$archive.starts")" -ge "$1" ] || return 1
    find "$directory" -maxdepth 1 -name "${archive##*/}.tried" -mmin +1440 -delete
    (set -C && : >"$archive.tried") # of two starts at the same time one can do this
  } 2>/dev/null
}

# Makes the archive by a run of java with the given arguments, which must change nothing, and returns whether that run
# succeeded. A signal ends it and the script, with the code in signalled if that is set.
#   make_archive JAR ARGUMENT...
# Archives that are older than the JAR, and all but the newest three, are removed.
make_archive() {
  local jar=$1 directory=${archive%/*} new="$archive.$$" scratch run= old succeeded=0
  shift
  scratch=$(mktemp -d 2>/dev/null) || return 0
  trap 'stop_making "${signalled:-129}"' HUP
  trap 'stop_making "${signalled:-130}"' INT
  trap 'stop_making "${signalled:-143}"' TERM
  stop_making() {
    [ -z "$run" ] || { kill "$run" && wait "$run"; } 2>/dev/null || true
    rm -rf "$new" "$new.config" "$archive.tried" "$scratch"
    exit "$1"
  }

  echo "Making an archive of classes for faster starts, once for this build; this takes some seconds ..." >&2
  (
    unset HADOOP_CONF_DIR SPARK_CONF_DIR
    exec "$java" "$make=$new" "-Djava.io.tmpdir=$scratch" "$@"
  ) >/dev/null 2>&1 </dev/null &
  run=$!
  wait "$run" || succeeded=1
  trap - HUP INT TERM
  # Java trusts what an archive has, so its bytes are on the disk before it has its name.
  if [ "$succeeded" = 0 ] && [ -s "$new" ] && { sync "$new" || sync; } && mv -f "$new" "$archive"; then
    use_archive=("$use=$archive" "${quiet[@]}")
    rm -f "$archive.starts" "$archive.tried"
    find "$directory" -maxdepth 1 -name "${archive_of}*" \
      \( ! -newer "$jar" -o -name '*.archive.[0-9]*' -mmin +1440 \) -delete
    find "$directory" -maxdepth 1 -name "${archive_of}*.archive" -printf '%T@ %p\n' | sort -rn | sed -n '4,$s/^[^ ]* //p' |
      while IFS= read -r old; do rm -f "$old"; done
  fi 2>/dev/null

  rm -rf "$new" "$new.config" "$scratch"
  return "$succeeded"
}
