# Root may not log in by password any more.  Keep a second session open until you have tried it.
set -eu
file=/etc/ssh/sshd_config
# "prohibit-password" keeps root's keys; "no" refuses root altogether.
PERMIT=${PERMIT:-prohibit-password}

# Every line that sets it, in Match blocks too, is changed; the first one counts.
for f in "$file" /etc/ssh/sshd_config.d/*.conf; do
    [ -f "$f" ] && sed -i -E "s/^([[:space:]]*)PermitRootLogin([[:space:]=].*)?$/\1PermitRootLogin $PERMIT/I" "$f"
done
grep -qiE '^PermitRootLogin ' "$file" || sed -i "1i PermitRootLogin $PERMIT" "$file"
sshd -t
systemctl reload ssh 2>/dev/null || systemctl reload sshd
