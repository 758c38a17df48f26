# Every database on this host asks who comes.  Run as root; each database is started again.
# PostgreSQL: `trust` and `ident` for other hosts become scram-sha-256, so accounts need passwords.
set -eu
REDIS_PASSWORD_FILE="${REDIS_PASSWORD_FILE:-/root/redis-password}"   # made where it is not there

for conf in $(find /etc/mysql /etc/my.cnf /etc/my.cnf.d -name '*.cnf' 2>/dev/null); do
  if grep -qE '^[[:space:]]*skip[-_]grant[-_]tables' "$conf"; then
    sed -i -E '/^[[:space:]]*skip[-_]grant[-_]tables/d' "$conf"
    systemctl restart mariadb 2>/dev/null || systemctl restart mysql
  fi
done
for hba in $(find /etc/postgresql /var/lib/pgsql /var/lib/postgresql -name pg_hba.conf 2>/dev/null); do
  sed -i -E 's/^([[:space:]]*local.*[[:space:]])trust/\1peer/; s/^([[:space:]]*host.*[[:space:]])(trust|ident)/\1scram-sha-256/' "$hba"
done
if pidof postgres >/dev/null; then
  systemctl reload postgresql || { sleep 2; systemctl restart postgresql; }
fi
for conf in /etc/redis/redis.conf /etc/redis.conf /etc/valkey/valkey.conf; do
  [ -f "$conf" ] || continue
  if ! grep -qE '^[[:space:]]*(requirepass|aclfile)[[:space:]]' "$conf"; then
    [ -s "$REDIS_PASSWORD_FILE" ] || { umask 077; head -c 24 /dev/urandom | base64 > "$REDIS_PASSWORD_FILE"; }
    printf '\nrequirepass %s\n' "$(cat "$REDIS_PASSWORD_FILE")" >> "$conf"
    systemctl restart redis-server 2>/dev/null || systemctl restart redis
  fi
done
