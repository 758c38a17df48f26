# The databases listen on loopback, and on ADDRESS where another host needs them.  Run as root.
# Declare the network of ADDRESS in the inventory (inside: internal).
set -eu
ADDRESS="${ADDRESS:-}"   # an inner address of this host; empty: loopback alone

if command -v mariadbd >/dev/null || command -v mysqld >/dev/null; then
  for folder in /etc/mysql/mariadb.conf.d /etc/mysql/mysql.conf.d /etc/my.cnf.d; do
    [ -d "$folder" ] || continue
    printf '[mysqld]\nbind-address=%s\n[mariadb]\nbind-address=%s\n' \
      "${ADDRESS:-127.0.0.1}" "${ADDRESS:-127.0.0.1}" > "$folder/zz-press-scan.cnf"
    break
  done
  systemctl restart mariadb 2>/dev/null || systemctl restart mysql
fi
for conf in $(find /etc/postgresql /var/lib/pgsql -name postgresql.conf 2>/dev/null); do
  sed -i -E '/^listen_addresses = .*# press-scan$/d' "$conf"
  echo "listen_addresses = 'localhost${ADDRESS:+,$ADDRESS}'   # press-scan" >> "$conf"
  systemctl restart postgresql || { sleep 2; systemctl restart postgresql; }
done
for conf in /etc/redis/redis.conf /etc/redis.conf /etc/valkey/valkey.conf; do
  [ -f "$conf" ] || continue
  sed -i -E "s/^bind .*/bind 127.0.0.1 ${ADDRESS}/; s/^protected-mode .*/protected-mode yes/" "$conf"
  systemctl restart redis-server 2>/dev/null || systemctl restart redis
done
