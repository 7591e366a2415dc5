#!/usr/bin/env bash
# Tests of ./drydock and ci/lib.sh in a scratch tree with a program of six lines. apt-get, sudo, id
# and dpkg-query are fakes on PATH where a test needs them; nothing is installed.
#   wrapper_test.sh [TEST...]          names of the functions below, without test_
set -uo pipefail

source_root=$(dirname -- "$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tree="$scratch/a tree with spaces"
fakes=$scratch/fakes

make_tree() {
  mkdir -p "$tree/ci" "$tree/cli"
  cp "$source_root/drydock" "$tree/"
  cp "$source_root/ci/lib.sh" "$tree/ci/"
  printf 'bash   # is always there\n\n# a comment\n' >"$tree/ci/packages"
  cat >"$tree/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(wrapped LANGUAGES CXX)
add_subdirectory(cli)
END
  printf 'add_executable(drydock main.cc)\n' >"$tree/cli/CMakeLists.txt"
  cat >"$tree/CMakePresets.json" <<'END'
{ "version": 5, "configurePresets": [ { "name": "release", "generator": "Ninja",
  "binaryDir": "${sourceDir}/build/release" } ] }
END
  cat >"$tree/cli/main.cc" <<'END'
#include <unistd.h>
#include <cstdio>
int main(int argc, char** argv) {
  char here[4096];
  std::printf("%s", getcwd(here, sizeof here));
  for (int i = 1; i < argc; ++i) std::printf("|%s", argv[i]);
  return argc == 1 ? 7 : 0;
}
END
}

# Runs the wrapper; sets out, err and code.
wrapper() { run_from "$scratch" "$tree/drydock" "$@"; }
run_from() {  # DIRECTORY COMMAND...
  local directory=$1
  shift
  code=0
  out=$(cd "$directory" && "$@" </dev/null 2>"$scratch/err") || code=$?
  err=$(<"$scratch/err")
}

fake() {  # NAME BODY
  mkdir -p "$fakes"
  printf '#!/bin/bash\necho "%s $*" >>"%s/calls"\n%s\n' "$1" "$scratch" "$2" >"$fakes/$1"
  chmod +x "$fakes/$1"
}
with_fakes() { PATH="$fakes:$PATH" wrapper "$@"; }

# PATH with everything of the real one except the given commands.
path_without() {  # NAME...
  local name shadow=$scratch/shadow
  rm -rf "$shadow"
  mkdir -p "$shadow"
  cp -s /usr/bin/* /bin/* "$shadow/" 2>/dev/null
  for name; do rm -f "$shadow/$name"; done
  printf '%s' "$shadow"
}

fail() {
  printf '  %s\n  code %s\n  stdout: %s\n  stderr: %s\n' "$1" "$code" "$out" "$err"
  failed=1
}
expect_code() { [[ $code == "$1" ]] || fail "exit code $1 expected"; }
expect_out() { [[ $out == "$1" ]] || fail "stdout '$1' expected"; }
expect_err() { [[ $err == *"$1"* ]] || fail "stderr with '$1' expected"; }
expect_silence() { [[ -z $err ]] || fail 'no word on stderr expected'; }

test_it_builds_and_becomes_the_program() {
  wrapper run 'a b' '' '*'
  expect_code 0
  expect_out "$scratch|run|a b||*"
  expect_silence
}

test_the_exit_code_is_the_programs() {
  wrapper
  expect_code 7
}

test_it_is_silent_and_builds_nothing_when_nothing_changed() {
  wrapper x
  local before after
  before=$(stat -c %Y.%i "$tree/build/release/cli/drydock" "$tree/build/release/build.ninja")
  wrapper x
  after=$(stat -c %Y.%i "$tree/build/release/cli/drydock" "$tree/build/release/build.ninja")
  expect_silence
  [[ $before == "$after" ]] || fail 'nothing should have been built again'
}

test_a_changed_source_is_built() {
  wrapper x
  sed -i 's/"|%s"/"+%s"/' "$tree/cli/main.cc"
  wrapper x
  expect_out "$scratch+x"
}

test_it_works_through_a_symlink_from_anywhere() {
  ln -sf "$tree/drydock" "$scratch/link"
  mkdir -p "$scratch/else where"
  run_from "$scratch/else where" ../link x
  expect_code 0
  expect_out "$scratch/else where|x"
}

test_a_moved_tree_is_configured_afresh() {
  wrapper x
  mv "$tree" "$scratch/moved"
  run_from "$scratch" "$scratch/moved/drydock" x
  mv "$scratch/moved" "$tree"
  expect_code 0
  expect_out "$scratch|x"
}

test_a_broken_source_gives_the_compilers_words_and_5() {
  echo 'int broken = nonsense;' >>"$tree/cli/main.cc"
  wrapper x
  expect_code 5
  expect_out ''
  expect_err nonsense
  expect_err 'building release failed'
}

test_a_broken_cmake_file_gives_5() {
  rm -rf "$tree/build"
  echo 'no_such_command()' >>"$tree/CMakeLists.txt"
  wrapper x
  expect_code 5
  expect_err no_such_command
}

test_two_at_once_wait_for_each_other() {
  rm -rf "$tree/build"
  (cd "$scratch" && "$tree/drydock" first >"$scratch/first" 2>&1) &
  wrapper second
  wait
  expect_code 0
  expect_out "$scratch|second"
  [[ $(<"$scratch/first") == "$scratch|first" ]] || fail "the first said: $(<"$scratch/first")"
}

test_what_is_missing_is_named_and_installed() {
  echo 'libmissing-dev' >>"$tree/ci/packages"
  fake dpkg-query "[[ -e '$scratch/installed' ]] && echo 'libmissing-dev ii '; echo 'bash ii '"
  fake apt-get "[[ \$* == *install* ]] && touch '$scratch/installed'; exit 0"
  with_fakes x
  expect_code 0
  expect_out "$scratch|x"
  expect_err 'installing with apt-get: libmissing-dev'
  grep -q 'apt-get .*update' "$scratch/calls" || fail 'apt-get update expected'
  grep -q 'install.* libmissing-dev$' "$scratch/calls" || fail 'only what is missing'
}

test_a_removed_package_counts_as_missing() {
  fake dpkg-query "echo 'bash rc '"
  fake apt-get 'exit 0'
  with_fakes x
  expect_code 2
  expect_err 'still missing: bash'
}

test_sudo_is_used_by_ordinary_users() {
  echo 'libmissing-dev' >>"$tree/ci/packages"
  fake id 'echo 1000'
  fake sudo '[[ $1 == -n ]] && shift; exec "$@"'
  fake dpkg-query "[[ -e '$scratch/installed' ]] && echo 'libmissing-dev ii '; echo 'bash ii '"
  fake apt-get "[[ \$* == *install* ]] && touch '$scratch/installed'; exit 0"
  with_fakes x
  expect_code 0
  grep -q 'sudo -n env .*apt-get.* install' "$scratch/calls" || fail 'sudo expected'
}

expect_one_line_and_2() {
  expect_code 2
  expect_out ''
  [[ $(wc -l <<<"$err") == "${1:-1}" ]] || fail "${1:-1} line(s) expected"
}

test_neither_root_nor_sudo_is_one_line_and_2() {
  echo 'libmissing-dev' >>"$tree/ci/packages"
  fake id 'echo 1000'
  PATH="$fakes:$(path_without sudo)" wrapper x
  expect_one_line_and_2
  expect_err 'not root, and there is no sudo; as root: apt-get install libmissing-dev'
}

test_a_sudo_that_refuses_is_one_line_and_2() {
  echo 'libmissing-dev' >>"$tree/ci/packages"
  fake id 'echo 1000'
  fake sudo 'exit 1'
  with_fakes x
  expect_one_line_and_2
  expect_err 'sudo refuses'
}

test_another_distribution_is_one_line_and_2() {
  PATH=$(path_without dpkg-query apt-get) wrapper x
  expect_one_line_and_2
  expect_err 'not Debian or Ubuntu'
}

test_another_distribution_may_bring_its_own_packages() {
  PATH=$(path_without dpkg-query apt-get) DRYDOCK_NO_INSTALL=1 wrapper x
  expect_code 0
  expect_out "$scratch|x"
}

test_a_failing_apt_is_told_and_2() {
  echo 'libmissing-dev' >>"$tree/ci/packages"
  fake apt-get 'echo noise; echo "E: no network"; exit 100'
  with_fakes x
  expect_one_line_and_2 3
  expect_err 'E: no network'
  expect_err 'apt-get failed'
}

test_a_tree_that_cannot_be_written_is_one_line_and_2() {
  rm -rf "$tree/build"
  touch "$tree/build"
  wrapper x
  expect_one_line_and_2
  expect_err 'must be writable'
}

tests=("$@")
(( $# )) || mapfile -t tests < <(sed -n 's/^test_\([a-z0-9_]*\)() {$/\1/p' "${BASH_SOURCE[0]}")
any=0
for name in "${tests[@]}"; do
  rm -rf "$tree" "$fakes" "$scratch/calls" "$scratch/installed"
  make_tree
  failed=0
  "test_$name"
  (( failed )) && any=1
  (( failed )) && printf 'FAILED %s\n' "$name" || printf 'ok %s\n' "$name"
done
printf '%d tests\n' "${#tests[@]}"
exit "$any"
