"""How the hosts of test_backup.py are set up: before the boot, and once they run."""

SITE = """
mkdir -p /var/www/bao/wp-content/uploads
echo '<?php // bao' >/var/www/bao/index.php
echo x >/var/www/bao/wp-content/uploads/a.jpg
rm -rf /var/www/html
systemctl enable cron mariadb
"""
STORE = "useradd -m -d /srv/store keeper && install -d -m 700 -o keeper /srv/store/.ssh"

# a real restic repository here and one on another host by SFTP; dumps that go through gpg
GOOD = (
    SITE
    + r"""
umask 077
mkdir -p /root/.ssh /srv/backup/restic /var/backups/mysql
echo rosebud-of-the-lab >/root/.restic-password
ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
printf 'Host backup-store\nUser keeper\nStrictHostKeyChecking accept-new\n' >/root/.ssh/config
cat >/usr/local/sbin/nightly-backup <<'EOF'
#!/bin/sh
set -eu
export RESTIC_PASSWORD_FILE=/root/.restic-password
FOLDER=/var/backups/mysql
mysqldump --all-databases | gzip | gpg --batch --yes --symmetric \
    --passphrase-file /root/.restic-password -o $FOLDER/all-$(date +%F).sql.gz.gpg
find $FOLDER -name '*.gpg' -mtime +60 -delete
restic -r /srv/backup/restic backup /var/www /etc "$FOLDER"
restic -r sftp:keeper@backup-store:/srv/store/restic backup /var/www /etc "$FOLDER"
EOF
cat >/usr/local/sbin/restic-check <<'EOF'
#!/bin/sh
exec restic -r /srv/backup/restic --password-file /root/.restic-password check
EOF
chmod 700 /usr/local/sbin/nightly-backup /usr/local/sbin/restic-check
umask 022
for job in nightly-backup restic-check; do
printf '[Service]\nType=oneshot\nEnvironment=HOME=/root\nExecStart=/usr/local/sbin/%s\n' $job \
    >/etc/systemd/system/$job.service
printf '[Timer]\nOnCalendar=*-*-* 02:30\n[Install]\nWantedBy=timers.target\n' \
    >/etc/systemd/system/$job.timer
done
systemctl enable nightly-backup.timer restic-check.timer
"""
)
RUN_GOOD = """
export RESTIC_PASSWORD_FILE=/root/.restic-password HOME=/root
restic -q -r /srv/backup/restic init
restic -q -r sftp:keeper@backup-store:/srv/store/restic init
restic -q -r /srv/backup/restic backup --time '2026-09-01 02:00:00' /var/www /etc
touch -d '45 days ago' /srv/backup/restic/snapshots/* /srv/backup/restic/config
head -c 80000 /dev/urandom >/var/backups/mysql/all-2026-10-01.sql.gz.gpg
touch -d '45 days ago' /var/backups/mysql/all-2026-10-01.sql.gz.gpg
chmod 600 /var/backups/mysql/*
systemctl start nightly-backup restic-check
"""

# everything is there, and all of it is wrong: a cut dump under the web root, a stale repository
BAD = (
    SITE
    + r"""
mkdir -p /srv/backup/restic /srv/backup/mysql
echo rosebud-of-the-lab >/etc/restic-password
chmod 644 /etc/restic-password
cat >/etc/cron.d/backup.sh <<'EOF'
0 2 * * * root mysqldump -uroot -pswordfish x > /srv/backup/mysql/wordpress-$(date +\%F).sql
30 2 * * * root restic -r /srv/backup/restic -p /etc/restic-password backup /var/www
EOF
"""
)
RUN_BAD = """
export RESTIC_PASSWORD_FILE=/etc/restic-password HOME=/root
restic -q -r /srv/backup/restic init
restic -q -r /srv/backup/restic backup /var/www
touch -d '6 days ago' /srv/backup/restic/snapshots/* /srv/backup/restic/config
restic -q -r /srv/backup/restic check
cd /srv/backup/mysql
mysqldump --all-databases >wordpress-2026-11-10.sql
head -c 200000 wordpress-2026-11-10.sql >wordpress-2026-11-22.sql
touch -d '8 days ago' wordpress-2026-11-10.sql
cp wordpress-2026-11-10.sql /var/www/bao/backup.sql
chmod 755 /srv/backup /srv/backup/mysql
chmod 644 /srv/backup/mysql/*
"""

# one of each: their records are read; nothing is judged
TOOLS = (
    SITE
    + r"""
systemctl enable postgresql
umask 077
mkdir -p /srv/backup/borg /srv/backup/tars /etc/borgmatic /backup/mirror /root/.config/rclone
install -d -m 755 /srv/backup /srv/backup/dumps
install -d -m 777 /srv/backup/pg
cat >/etc/cron.d/nightly <<'EOF'
10 1 * * * root BORG_PASSPHRASE=swordfish borg create /srv/backup/borg::{now} /var/www /etc
20 1 * * * root rsnapshot daily
30 1 * * * root duplicity --no-encryption /etc file:///srv/backup/dup
40 1 * * * root mysqldump --all-databases | gzip > /srv/backup/dumps/all-$(date +\%F).sql.gz
50 1 * * * postgres pg_dumpall > /srv/backup/pg/pg-$(date +\%F).sql
0 2 * * * root tar -czf /srv/backup/tars/etc-$(date +\%F).tar.gz /etc
10 2 * * * root rsync -a --log-file=/var/log/rsync-backup.log /var/www/ /backup/mirror/
20 2 * * * root mariabackup --backup --user=root --target-dir=/srv/backup/mb/$(date +\%F)
30 2 * * * root borgmatic --verbosity 1
40 2 * * * root rclone copy --log-file=/var/log/rclone.log --log-level INFO /etc away:etc
EOF
sed -i 's,^snapshot_root.*,snapshot_root\t/srv/backup/rsnap/,; s,^retain.*,,; s,^backup\t.*,,' \
    /etc/rsnapshot.conf
printf 'retain\tdaily\t7\nretain\tweekly\t8\nbackup\t/etc/\tlocalhost/\nlogfile\t%s\n' \
    /var/log/rsnapshot.log >>/etc/rsnapshot.conf
printf '[away]\ntype = local\n' >/root/.config/rclone/rclone.conf
cat >/etc/borgmatic/config.yaml <<'EOF'
location:
    source_directories: [/var/www, /etc]
    repositories: [/srv/backup/bmatic]
storage:
    encryption_passphrase: swordfish
retention:
    keep_daily: 7
    keep_monthly: 6
hooks:
    mysql_databases:
        - name: mysql
EOF
"""
)
RUN_TOOLS = """
export BORG_PASSPHRASE=swordfish HOME=/root BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes
cd /root
borg init -e repokey /srv/backup/borg
borg create /srv/backup/borg::now /var/www /etc
borg init -e none /srv/backup/bmatic
borgmatic --verbosity 1
rsnapshot daily
mkdir -p /srv/backup/dup && duplicity --no-encryption /etc file:///srv/backup/dup
mysqldump --all-databases | gzip >/srv/backup/dumps/all-2026-11-22.sql.gz
mysqldump --all-databases | gzip | head -c 90000 >/srv/backup/dumps/cut-2026-11-22.sql.gz
su postgres -c 'cd /; pg_dumpall >/srv/backup/pg/pg-2026-11-22.sql'
tar -czf /srv/backup/tars/etc-2026-11-22.tar.gz /etc
rsync -a --log-file=/var/log/rsync-backup.log /var/www/ /backup/mirror/
mkdir -p /srv/backup/mb && mariabackup --backup --user=root --target-dir=/srv/backup/mb/2026-11-22
rclone copy --log-file=/var/log/rclone.log --log-level INFO /etc/ssh away:/srv/backup/ssh
"""
