# Shared by ./drydock and the scripts in ci/: packages, the lock, builds. Sourced by bash with
# `root` set to the repository's directory. All messages go to standard error.
#
#   ensure_packages "$root/ci/packages"
#   build release drydock
#
# Exit codes: 2 = this machine can't be set up, 5 = the build failed.

say() { printf 'drydock: %s\n' "$*" >&2; }

die() {  # CODE MESSAGE
  say "$2"
  exit "$1"
}

# Takes the lock that keeps two set-ups or builds of this tree apart; it ends with unlock_tree or
# with the process.
lock_tree() {
  [[ -d $root/build ]] || mkdir -p "$root/build" 2>/dev/null ||
    die 2 "can't create $root/build: the repository must be writable"
  { exec {tree_lock}>"$root/build/.lock"; } 2>/dev/null ||
    die 2 "can't write $root/build/.lock: the repository must be writable"
  flock -n "$tree_lock" && return
  [[ -t 2 ]] && say "waiting for another build of this tree"
  flock "$tree_lock"
}

unlock_tree() { exec {tree_lock}>&-; }

# Prints the packages of the given lists that are not installed, by one dpkg-query call.
missing_packages() {  # LIST...
  local name state list
  local -a wanted=()
  local -A installed=()
  for list; do
    while read -r name _; do
      [[ -z $name || $name == \#* ]] || wanted+=("$name")
    done <"$list"
  done
  while read -r name state; do
    [[ $state == ?i* ]] && installed[$name]=1
  done < <(dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n' "${wanted[@]}" 2>/dev/null)
  for name in "${wanted[@]}"; do
    [[ ${installed[$name]:-} ]] || printf '%s\n' "$name"
  done
}

# Installs what is missing of the given lists. DRYDOCK_NO_INSTALL=1 leaves all of it to the caller,
# for systems without dpkg.
ensure_packages() {  # LIST...
  [[ ${DRYDOCK_NO_INSTALL:-} ]] && return
  local -a missing
  command -v dpkg-query >/dev/null ||
    die 2 "can't install packages: this is not Debian or Ubuntu (no dpkg-query); install what\
 ci/packages lists and set DRYDOCK_NO_INSTALL=1"
  mapfile -t missing < <(missing_packages "$@")
  (( ${#missing[@]} == 0 )) && return
  install_packages "${missing[@]}"
  mapfile -t missing < <(missing_packages "$@")
  (( ${#missing[@]} == 0 )) || die 2 "apt-get ended well, yet still missing: ${missing[*]}"
}

install_packages() {  # NAME...
  local -a as_root=()
  local by_hand="as root: apt-get install $*"
  command -v apt-get >/dev/null ||
    die 2 "can't install packages: this is not Debian or Ubuntu (no apt-get); missing: $*"
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null ||
      die 2 "can't install packages: not root, and there is no sudo; $by_hand"
    as_root=(sudo)
    [[ -t 0 ]] || as_root+=(-n)  # nobody is there to type a password
    "${as_root[@]}" true 2>/dev/null ||
      die 2 "can't install packages: not root, and sudo refuses; $by_hand"
  fi
  say "installing with apt-get: $*"
  local -a apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q
                -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
  local log=$root/build/apt.log
  { run_apt "${apt[@]}" update && run_apt "${apt[@]}" install -y --no-install-recommends "$@"; } \
    >"$log" 2>&1 && return
  grep -E '^(E|W|Err):?' "$log" | head -20 >&2
  die 2 "apt-get failed (all it said: build/apt.log); $by_hand"
}

run_apt() { "$@" </dev/null {tree_lock}>&-; }

# Copies standard input to a file and, on a terminal, shows the build's progress in one line.
show_progress() {  # FILE WHAT
  local line shown= width=$(( $(tput cols 2>/dev/null || echo 80) - 1 ))
  while IFS= read -r line; do
    printf '%s\n' "$line" >&3
    [[ $line == \[*/*\]\ * ]] || continue
    line="$2 $line"
    printf '\r\033[K%s' "${line:0:width}" >&2
    shown=1
  done 3>"$1"
  [[ -z $shown ]] || printf '\r\033[K' >&2
}

# Runs a command whose output is of interest only when it fails; then prints it and exits with 5.
run_quietly() {  # LOG WHAT COMMAND...
  local log=$1 what=$2 status=0
  shift 2
  if [[ -t 2 ]]; then
    "$@" 2>&1 </dev/null {tree_lock}>&- | show_progress "$log" "$what"
    status=${PIPESTATUS[0]}
  else
    "$@" >"$log" 2>&1 </dev/null {tree_lock}>&- || status=$?
  fi
  (( status == 0 )) && return
  (( status == 130 )) && exit 130
  grep -vE '^\[[0-9]+/[0-9]+\] ' "$log" >&2
  die 5 "$what failed; all of its output: ${log#"$root"/}"
}

# Configures a preset when it never was, when the presets changed or when the tree has moved.
configure() {  # PRESET
  local preset=$1 dir=$root/build/$1
  local stamp=$dir/.configured
  [[ -f $stamp && ! $root/CMakePresets.json -nt $stamp && $(<"$stamp") == "$root" ]] && return
  [[ -d $dir ]] || mkdir -p "$dir"
  local -a fresh=()
  [[ ! -f $stamp || $(<"$stamp") == "$root" ]] || fresh=(--fresh)
  run_quietly "$dir/configure.log" "configuring $preset" \
    cmake -S "$root" --preset "$preset" "${fresh[@]}"
  printf '%s\n' "$root" >"$stamp"
}

# Builds targets of a preset; says nothing when there is nothing to do. Call it under the lock.
# The compiler's cache may serve every clone and preset, so it sees paths relative to the root.
build() {  # PRESET TARGET...
  local preset=$1 dir=$root/build/$1
  shift
  configure "$preset"
  local -a cache=("CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root}" CCACHE_NOHASHDIR=1)
  [[ ${CCACHE_DIR:-} || -w ${HOME:-/nonexistent} ]] || cache+=("CCACHE_DIR=$root/build/.ccache")
  run_quietly "$dir/build.log" "building $preset" \
    env "${cache[@]}" 'NINJA_STATUS=[%f/%t] ' ninja -C "$dir" -j "$(nproc)" "$@"
}

# Runs a preset's tests; the exit code is ctest's. ThreadSanitizer can't place its shadow memory
# under the address randomisation of newer kernels, so its programs run without.
run_ctest() {  # PRESET [CTEST-ARGUMENT...]
  local preset=$1
  shift
  run_unrandomised "$preset" ctest --test-dir "$root/build/$preset" -j "$(nproc)" \
    --output-on-failure --no-tests=error "$@" </dev/null
}

run_unrandomised() {  # PRESET COMMAND...
  local preset=$1
  shift
  if [[ $preset == tsan ]] && setarch -R true 2>/dev/null; then
    setarch -R "$@"
  else
    "$@"
  fi
}
