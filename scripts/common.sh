# Sourced by the other scripts: finds the repository and Java, and builds the modules if needed.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"

# Java reads arguments and file names in the locale's encoding; under cron and in containers that is
# often plain ASCII, and a column called größe would not be found.
case "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" in
  *[Uu][Tt][Ff]8* | *[Uu][Tt][Ff]-8*) ;;
  *) export LC_ALL=C.UTF-8 ;;
esac

# Builds all modules without their tests, unless the last build is newer than every source.
# PARITREE_BUILT=1 means that a build exists, for callers that run inside a build.
ensure_built() {
  if [ -n "${PARITREE_BUILT:-}" ]; then
    return
  fi

  local stamp="$root/target/built"
  if [ -e "$stamp" ] && [ -z "$(cd "$root" && find pom.xml ./*/pom.xml ./*/src -newer "$stamp" -print -quit 2>/dev/null)" ]; then
    return
  fi

  echo "Building Paritree (mvn -B -DskipTests package); the first time takes a few minutes ..." >&2
  mkdir -p "$root/target"
  if ! (cd "$root" && mvn -B -q -DskipTests package >"$root/target/build.log" 2>&1); then
    tail -n 40 "$root/target/build.log" >&2
    echo "Cannot build Paritree: see target/build.log" >&2
    exit 1
  fi

  touch "$stamp"
}
