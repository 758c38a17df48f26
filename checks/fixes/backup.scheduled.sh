# Back up each night with restic: files, configuration and databases, encrypted.
# As root.  Say where to (REPOSITORY) and what (PATHS, without spaces in the names):
REPOSITORY=${REPOSITORY:-}
PASSWORD_FILE=${PASSWORD_FILE:-/root/.press-scan-backup}
PATHS=${PATHS:-/etc /var/www}
NAME=press-scan-backup
set -eu
umask 077
[ -n "$REPOSITORY" ] || { echo "Set REPOSITORY: a folder on another disk, or sftp:user@host:/folder" >&2; exit 2; }
if ! command -v restic >/dev/null; then
    if command -v apt-get >/dev/null; then apt-get install -y --no-install-recommends restic
    elif command -v dnf >/dev/null; then dnf install -y epel-release && dnf install -y restic
    fi
fi
# Without this password nobody can read the copies: keep it on paper, too.
[ -s "$PASSWORD_FILE" ] || head -c 32 /dev/urandom | base64 >"$PASSWORD_FILE"
chmod 600 "$PASSWORD_FILE"
export HOME=/root
restic -r "$REPOSITORY" -p "$PASSWORD_FILE" cat config >/dev/null 2>&1 ||
    restic -r "$REPOSITORY" -p "$PASSWORD_FILE" init
{
    echo '#!/bin/sh'
    echo 'set -eu'
    echo "restic -r $REPOSITORY -p $PASSWORD_FILE backup $PATHS"
    if pidof mariadbd mysqld >/dev/null; then
        echo "mysqldump --all-databases --single-transaction |" \
            "restic -r $REPOSITORY -p $PASSWORD_FILE backup --stdin --stdin-filename mysql.sql"
    fi
    if pidof postgres >/dev/null; then
        echo "su postgres -c pg_dumpall |" \
            "restic -r $REPOSITORY -p $PASSWORD_FILE backup --stdin --stdin-filename postgresql.sql"
    fi
} >/usr/local/sbin/$NAME
chmod 700 /usr/local/sbin/$NAME
cat >/etc/systemd/system/$NAME.service <<EOF
[Unit]
Description=Backup
[Service]
Type=oneshot
Environment=HOME=/root
ExecStart=/usr/local/sbin/$NAME
EOF
cat >/etc/systemd/system/$NAME.timer <<EOF
[Timer]
OnCalendar=*-*-* 02:30
RandomizedDelaySec=20min
Persistent=true
[Install]
WantedBy=timers.target
EOF
chmod 644 /etc/systemd/system/$NAME.service /etc/systemd/system/$NAME.timer
systemctl daemon-reload
systemctl enable --now $NAME.timer
