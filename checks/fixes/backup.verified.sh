# Check the repository each month, and once now.  A test restore is worth more: do one each quarter.
# As root.  Name your restic repository (for Borg: borg check; for borgmatic: `checks:`):
REPOSITORY=${REPOSITORY:-}
PASSWORD_FILE=${PASSWORD_FILE:-/root/.press-scan-backup}
set -eu
[ -n "$REPOSITORY" ] || { echo "Set REPOSITORY to your restic repository" >&2; exit 2; }
cat >/etc/systemd/system/restic-check.service <<EOF
[Service]
Type=oneshot
Environment=HOME=/root
ExecStart=restic -r $REPOSITORY -p $PASSWORD_FILE check
EOF
printf '[Timer]\nOnCalendar=monthly\nPersistent=true\n[Install]\nWantedBy=timers.target\n' \
    >/etc/systemd/system/restic-check.timer
systemctl daemon-reload
systemctl enable --now restic-check.timer
systemctl start restic-check.service
