# press-scan: read-only questions, one after another.  Nothing here writes a file.
LC_ALL=C; LANG=C; export LC_ALL LANG
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
unset HISTFILE ENV BASH_ENV
umask 077
exec 6>&1 7>&2
ROOT=no; [ "$(id -u)" = 0 ] && ROOT=yes

if timeout -k 1 1 true >/dev/null 2>&1; then LIMIT=new
elif timeout -t 1 true >/dev/null 2>&1; then LIMIT=old     # busybox before 1.30
else LIMIT=none; fi

limited() { # SECONDS COMMAND...
  S=$1; shift
  case $LIMIT in
    new) timeout -k 2 "$S" "$@" ;;
    old) timeout -t "$S" "$@" ;;
    *) "$@" ;;
  esac
}

begin() { printf '\n%s begin %s\n' "$M" "$1" >&6; printf '\n%s begin %s\n' "$M" "$1" >&7; }

finish() { # NAME CODE HOW
  case $2 in 124|137|143) HOW=$3-late ;; *) HOW=$3 ;; esac
  printf '\n%s end %s %s %s\n' "$M" "$1" "${2:-255}" "$HOW" >&6
  printf '\n%s end %s\n' "$M" "$1" >&7
}

ask() { # NAME SECONDS MOST ERR_MOST SNIPPET: as the log-in, read by a shell from its input
  begin "$1"
  CODE=$( { { {
    printf '{ %s\n} </dev/null\n' "$5" | limited "$2" sh 3>&- 6>&- 7>&-; echo $? >&3
  } 2>&1 >&4 4>&- | head -c "$4" >&7; } 4>&1 | head -c "$3" >&6; } 3>&1 )
  finish "$1" "$CODE" plain
}

ask_root() { # NAME SECONDS MOST ERR_MOST KIND COMMAND...: as root, or as the log-in where that helps
  N=$1 T=$2 O=$3 E=$4 KIND=$5; shift 5
  begin "$N"
  WHO=root
  if ! command -v "$1" >/dev/null 2>&1; then finish "$N" 127 plain; return; fi
  if [ $ROOT = no ]; then
    if [ $MAY_SUDO = yes ] && sudo -n -l -- "$@" >/dev/null 2>&1 </dev/null; then
      set -- sudo -n -- "$@"
    elif [ "$KIND" = plain ]; then WHO=plain
    else finish "$N" 126 refused; return
    fi
  fi
  CODE=$( { { {
    limited "$T" "$@" </dev/null 3>&- 6>&- 7>&-; echo $? >&3
  } 2>&1 >&4 4>&- | head -c "$E" >&7; } 4>&1 | head -c "$O" >&6; } 3>&1 )
  finish "$N" "$CODE" $WHO
}

end() { printf '\n%s end-of-batch\n' "$M" >&6; }
