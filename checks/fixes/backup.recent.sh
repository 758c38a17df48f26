# Run the backup now, and say why it fails.
# As root.  Name the service that makes it:
JOB=${JOB:-press-scan-backup.service}
set -eu
systemctl cat "$JOB" >/dev/null 2>&1 || {
    echo "There is no $JOB: set JOB, or schedule a backup first (backup.scheduled)" >&2; exit 2; }
systemctl start "$JOB" || { journalctl -u "$JOB" -n 30 --no-pager; exit 1; }
journalctl -u "$JOB" -n 5 --no-pager
