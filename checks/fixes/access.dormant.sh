# Accounts that nobody uses are locked, and their keys do not count any more.  Name them yourself.
set -eu
UNUSED=${UNUSED:-}    # such as "huy minh"
[ -n "$UNUSED" ] || { echo "set UNUSED to the accounts that are to be locked" >&2; exit 1; }
for name in $UNUSED; do
    usermod -L -e 1 "$name"
done
