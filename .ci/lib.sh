# What .ci/run and .ci/soak share: a machine with what they need, a clean copy of the checkout, a database server of their own.
# Sourced by bash with `set -euo pipefail`; everything it makes is under $scratch and goes when the script ends.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/portal-ci.XXXXXX")
copy=$scratch/checkout
cluster=$scratch/cluster
figures=$scratch/figures
failed=()
started=$(date +%s)
chmod 755 "$scratch" # the database server runs as another user
: > "$figures"
unset PYTHONDONTWRITEBYTECODE # as on anybody's machine, what is compiled once is kept

clean_up() {
  [ ! -f "$scratch/demo.pid" ] || kill "$(cat "$scratch/demo.pid")" 2> /dev/null || true
  [ ! -f "$cluster/postmaster.pid" ] || as_postgres "$bin/pg_ctl" --silent --pgdata "$cluster" --mode immediate stop || true
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

say() { printf '\n== %s\n' "$*"; }

# step NAME COMMAND...: says what begins, how it went and how long it took. A failure is remembered, and the rest goes on.
step() {
  local name=$1 began code=0
  shift
  began=$(date +%s)
  say "$name"
  set +e # or the first failing line of the step would not end it
  (set -euo pipefail; "$@")
  code=$?
  set -e
  local took=$(($(date +%s) - began))
  if [ "$code" -eq 0 ]; then
    printf -- '-- %s: done in %d s\n' "$name" "$took"
    printf 'ok    %-46s %5d s\n' "$name" "$took" >> "$figures"
  else
    printf -- '-- %s: FAILED (%d) after %d s\n' "$name" "$code" "$took"
    printf 'FAIL  %-46s %5d s\n' "$name" "$took" >> "$figures"
    failed+=("$name")
  fi
}

# must NAME COMMAND...: a step without which the rest makes no sense.
must() {
  step "$@"
  [ ${#failed[@]} -eq 0 ] || finish
}

finish() {
  say "in all $(($(date +%s) - started)) s"
  cat "$figures"
  if [ ${#failed[@]} -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed[@]}"
    exit 1
  fi
  exit 0
}

# install PACKAGE...: Debian packages, and only those that are missing.
install() {
  local missing=() package
  for package in "$@"; do
    dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2> /dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || { echo "nothing to install"; return 0; }
  [ "$(id -u)" -eq 0 ] || { echo "run as root, or install first: ${missing[*]}" >&2; return 1; }
  if [[ " ${missing[*]} " == *" postgresql "* ]]; then # only the server: a cluster of our own is made below
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update --quiet=2
  apt-get install --quiet=2 --yes --no-install-recommends "${missing[@]}" > "$scratch/apt.log" 2>&1 || { tail -n 20 "$scratch/apt.log"; return 1; }
  echo "installed: ${missing[*]}"
}

# The checkout as it stands, without what is built or left behind, so that nothing of another day helps. What stands beside
# the checkout (real data, checking tools) stands beside the copy.
copy_checkout() {
  mkdir "$copy"
  tar --create --directory "$root" --exclude=./.venv --exclude=./static/node_modules --exclude=./static/dist --exclude=./dist \
    --exclude=./portal-data --exclude=./portal-demo --exclude=__pycache__ --exclude=./.mypy_cache --exclude=./.ruff_cache \
    --exclude=./.pytest_cache --exclude=./.hypothesis --exclude=./.import_linter_cache --exclude='./.coverage*' . |
    tar --extract --no-same-owner --directory "$copy"
  [ ! -d "$root/../shared" ] || ln -s "$(cd "$root/../shared" && pwd)" "$scratch/shared"
}

as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then runuser --user postgres -- "$@"; else "$@"; fi
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# A server of our own on a free port, whatever else runs here. It is thrown away, so nothing waits for the disk.
start_postgres() {
  mkdir "$cluster"
  [ "$(id -u)" -ne 0 ] || chown postgres "$cluster"
  (cd "$scratch" && as_postgres "$bin/initdb" --pgdata "$cluster" --auth trust --encoding UTF8 --locale C.UTF-8 --no-sync > "$scratch/initdb.log") ||
    { cat "$scratch/initdb.log"; return 1; }
  (cd "$scratch" && as_postgres "$bin/pg_ctl" --silent --wait --pgdata "$cluster" --log "$cluster/log" start --options \
    "-p $postgres_port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c full_page_writes=off -c max_connections=200") ||
    { cat "$cluster/log"; return 1; }
  echo "PostgreSQL $("$bin/postgres" --version | cut -d' ' -f3) listens at 127.0.0.1:$postgres_port"
}

# readme_command MARK: the line that stands under `# MARK` in a fenced block of the README.
readme_command() {
  awk -v mark="# $1" '/^```/ { fenced = !fenced; next } fenced && found && NF { print; exit } fenced && index($0, mark) == 1 { found = 1 }' "$root/README.md"
}

prepare_machine() {
  install chromium chromium-headless-shell postgresql python3-venv wrk "$@"
}
