# Sourced by the other scripts: finds what they run and Java, and builds the modules of a checkout if needed.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# A release has no pom.xml, and has what Maven builds without target/.
if [ -e "$root/pom.xml" ]; then
  model="$root/shared-model/target"
  model_classes="$model/classes"
  job="$root/spark-job/target"
  server="$root/serving/target/paritree-serving"
else
  model="$root/shared-model"
  model_classes="$model/paritree-model.jar"
  job="$root/spark-job"
  server="$root/serving"
fi

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
  if [ -e "$stamp" ] && [ -z "$(cd "$root" && find pom.xml ./*/pom.xml ./*/src -newer "$stamp" -print -quit 2>/dev/null)" ]; then
    return
  fi

  require_build_tools
  echo "Building Paritree (mvn -B -DskipTests package); the first time takes a few minutes ..." >&2
  mkdir -p "$root/target"
  if ! (cd "$root" && mvn -B -q -DskipTests package >"$root/target/build.log" 2>&1); then
    tail -n 40 "$root/target/build.log" >&2
    echo "Cannot build Paritree: see target/build.log" >&2
    exit 1
  fi

  touch "$stamp"
}
