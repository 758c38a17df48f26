# Keep daily copies for a week, weekly ones for five weeks, monthly ones for a year.
# As root.  No script can make copies of days that are gone: the check passes once they are old enough.
REPOSITORY=${REPOSITORY:-}
PASSWORD_FILE=${PASSWORD_FILE:-/root/.press-scan-backup}
set -eu
[ -n "$REPOSITORY" ] || { echo "Set REPOSITORY to your restic repository" >&2; exit 2; }
cat >/etc/systemd/system/press-scan-forget.service <<EOF
[Service]
Type=oneshot
Environment=HOME=/root
ExecStart=restic -r $REPOSITORY -p $PASSWORD_FILE forget --prune \\
    --keep-daily 7 --keep-weekly 5 --keep-monthly 12
EOF
printf '[Timer]\nOnCalendar=weekly\nPersistent=true\n[Install]\nWantedBy=timers.target\n' \
    >/etc/systemd/system/press-scan-forget.timer
systemctl daemon-reload
systemctl enable --now press-scan-forget.timer
