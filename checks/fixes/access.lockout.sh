# An account is locked for 15 minutes after 5 failures.  Keep a root session open, and try a log-in.
set -eu
if command -v authselect >/dev/null; then
    authselect enable-feature with-faillock
elif ! grep -q pam_faillock /etc/pam.d/common-auth; then
    file=/etc/pam.d/common-auth
    grep -qE '^auth[[:space:]]+\[success=[0-9]+ default=ignore\][[:space:]]+pam_unix\.so' "$file" || {
        echo "$file is not as Debian made it: add pam_faillock by hand" >&2; exit 1; }
    # A success jumps over one line more than before: over authfail.
    awk '/^auth[[:space:]]+\[success=[0-9]+ default=ignore\]/ {
            match($0, /success=[0-9]+/); n = substr($0, RSTART + 8, RLENGTH - 8)
            if (!done++) print "auth requisite pam_faillock.so preauth"
            sub(/success=[0-9]+/, "success=" (n + 1)) }
        /^auth[[:space:]]+requisite[[:space:]]+pam_deny\.so/ {
            print "auth [default=die] pam_faillock.so authfail" }
        { print }' "$file" >"$file.new"
    cat "$file.new" >"$file"
    rm "$file.new"
    sed -i '0,/^account/s/^account/account required pam_faillock.so\naccount/' /etc/pam.d/common-account
fi
file=/etc/security/faillock.conf
touch "$file"
sed -i -E '/^[[:space:]]*(deny|unlock_time)[[:space:]]*=/d' "$file"
printf 'deny = 5\nunlock_time = 900\n' >>"$file"
