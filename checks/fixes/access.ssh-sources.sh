# Only members of these groups may log in over SSH.  Your own must be among them, and the scanner's.
set -eu
GROUPS_ALLOWED=${GROUPS_ALLOWED:-}    # such as "sudo press-scan"
[ -n "$GROUPS_ALLOWED" ] || { echo "set GROUPS_ALLOWED to the groups that may log in" >&2; exit 1; }
for group in $GROUPS_ALLOWED; do
    getent group "$group" >/dev/null || { echo "there is no group $group" >&2; exit 1; }
done
file=/etc/ssh/sshd_config
grep -qiE '^AllowGroups ' "$file" || sed -i "1i AllowGroups $GROUPS_ALLOWED" "$file"
sshd -t
systemctl reload ssh 2>/dev/null || systemctl reload sshd
