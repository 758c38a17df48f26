# TLS for the databases that serve other hosts.  Run as root; each database is started again.
# CERT and KEY are your own; without them a certificate is made that clients must be told to trust.
set -eu
NAME="${NAME:-$(hostname -f)}"
CERT="${CERT:-/etc/ssl/press-scan-db.crt}"
KEY="${KEY:-/etc/ssl/press-scan-db.key}"

if ! [ -s "$CERT" ]; then
  openssl req -x509 -newkey rsa:3072 -nodes -days 825 -subj "/CN=$NAME" -addext "subjectAltName=DNS:$NAME" \
    -keyout "$KEY" -out "$CERT" 2>/dev/null
fi
for folder in /etc/mysql/mariadb.conf.d /etc/mysql/mysql.conf.d /etc/my.cnf.d; do
  [ -d "$folder" ] && id mysql >/dev/null 2>&1 || continue
  install -m 600 -o mysql "$KEY" "$folder/../press-scan-db.key"
  printf '[mysqld]\nssl-cert=%s\nssl-key=%s\nrequire-secure-transport=ON\n' \
    "$CERT" "$(readlink -f "$folder/../press-scan-db.key")" > "$folder/zz-press-scan-tls.cnf"
  systemctl restart mariadb 2>/dev/null || systemctl restart mysql
  break
done
for conf in $(find /etc/postgresql -name postgresql.conf 2>/dev/null); do
  install -m 600 -o postgres "$KEY" "$(dirname "$conf")/press-scan.key"
  sed -i '/# press-scan-tls$/d' "$conf"
  cat >> "$conf" <<J
ssl = on   # press-scan-tls
ssl_cert_file = '$CERT'   # press-scan-tls
ssl_key_file = '$(dirname "$conf")/press-scan.key'   # press-scan-tls
J
  grep -lE '^ssl *= *off' "$(dirname "$conf")"/conf.d/*.conf 2>/dev/null | xargs -r sed -i -E '/^ssl *= *off/d'
  systemctl restart postgresql || { sleep 2; systemctl restart postgresql; }
done
for conf in /etc/redis/redis.conf /etc/redis.conf; do
  [ -f "$conf" ] || continue
  install -m 600 -o redis "$KEY" /etc/redis/press-scan.key 2>/dev/null || continue
  sed -i -E '/^(tls-|port )/d' "$conf"
  printf '\nport 0\ntls-port 6379\ntls-cert-file %s\ntls-key-file /etc/redis/press-scan.key\ntls-ca-cert-file %s\n' \
    "$CERT" "$CERT" >> "$conf"
  systemctl restart redis-server 2>/dev/null || systemctl restart redis
done
