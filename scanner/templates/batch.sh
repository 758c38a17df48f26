# press-scan: read-only questions, one after another.  Nothing here writes a file.
LC_ALL=C; LANG=C; export LC_ALL LANG
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
unset HISTFILE ENV BASH_ENV CDPATH
umask 077
exec 6>&1 7>&2
ROOT=no; [ "$(id -u)" = 0 ] && ROOT=yes

# A clock that needs no timeout(1): it pokes this shell once a second and ends with it.
TICK=0
trap 'TICK=$((TICK + 1))' USR1
( trap - USR1; exec </dev/null >/dev/null 2>&1 6>&- 7>&-
  while sleep 1; do kill -USR1 $$ || exit; done ) &
CLOCK=$!

begin() { printf '\n%s begin %s\n' "$M" "$1" >&6; printf '\n%s begin %s\n' "$M" "$1" >&7; }

finish() { # NAME CODE HOW
  printf '\n%s end %s %s %s\n' "$M" "$1" "${2:-255}" "$3" >&6
  printf '\n%s end %s\n' "$M" "$1" >&7
}

# STATUS is the job's exit code; over 128 it may be the clock, which poked at its very end.
in_time() { # SECONDS: wait for the job Q; false when it had to be stopped
  END=$((TICK + $1 + 1))
  while :; do
    wait "$Q"; STATUS=$?
    kill -0 "$Q" 2>/dev/null || return 0
    [ "$TICK" -ge "$END" ] && break
  done
  OURS=$(family); kill $OURS; sleep 1; kill -KILL $OURS $(family)
  return 1
} 2>/dev/null

family() { # the job Q and all processes below it
  echo "$Q"
  cat /proc/[0-9]*/status 2>/dev/null | awk -v q="$Q" '/^Pid:/ { p = $2 } /^PPid:/ { up[p] = $2 }
    END { for (p in up) { x = up[p]; for (n = 0; n < 99 && x && x != q; n++) x = up[x]
      if (x == q) print p } }'
}

bounded() { # MOST ERR_MOST COMMAND...: its output and complaints, cut; prints its exit code
  O=$1 E=$2; shift 2
  { { { "$@" </dev/null 3>&- 6>&- 7>&-; echo $? >&3
  } 2>&1 >&4 4>&- | head -c "$E" >&7; } 4>&1 | head -c "$O" >&6; } 3>&1
}

snippet() { ( eval "$1" ); }

ask() { # NAME SECONDS MOST ERR_MOST SNIPPET: as the log-in
  begin "$1"
  ( C=$(bounded "$3" "$4" snippet "$5"); finish "$1" "$C" plain; exit "${C:-255}" ) & Q=$!
  in_time "$2" || finish "$1" 124 late
}

ask_root() { # NAME SECONDS MOST ERR_MOST KIND COMMAND...: as root, or as the log-in where that helps
  N=$1 T=$2 O=$3 E=$4 KIND=$5; shift 5
  begin "$N"
  WHO=root
  if ! command -v "$1" >/dev/null 2>&1; then finish "$N" 127 plain; return; fi
  if [ $ROOT = no ]; then
    if [ "$KIND" = plain ] && ! allowed "$@"; then WHO=plain
    elif [ $MAY_SUDO = no ]; then finish "$N" 126 refused; return
    else set -- sudo -n -- "$@"; WHO=sudo
    fi
  fi
  ( finish "$N" "$(bounded "$O" "$E" "$@")" $WHO ) & Q=$!
  in_time "$T" || finish "$N" 124 $WHO-late
}

allowed() { # COMMAND...: would sudo run it without a password?
  [ $MAY_SUDO = yes ] || return 1
  for TRY in 1 2 3; do
    ( sudo -n -l -- "$@" </dev/null >/dev/null 2>&1 6>&- 7>&- ) & Q=$!
    in_time 5 || return 1
    [ "$STATUS" -gt 128 ] || break
  done
  [ "$STATUS" = 0 ]
}

may_sudo() { # may this account use sudo at all?  Asked once, so that the host's log is not filled
  [ $MAY_SUDO = yes ] && [ $ROOT = no ] || return 0
  if command -v sudo >/dev/null 2>&1; then
    for TRY in 1 2 3; do
      ask login.sudo 10 65536 4096 'sudo -n -l'
      [ "$STATUS" -gt 128 ] || break
    done
    [ "$STATUS" = 0 ] || MAY_SUDO=no
  else
    begin login.sudo; finish login.sudo 127 plain; MAY_SUDO=no
  fi
}

end() { kill "$CLOCK" 2>/dev/null; printf '\n%s end-of-batch\n' "$M" >&6; }
