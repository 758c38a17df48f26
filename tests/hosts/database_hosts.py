"""Hosts with MariaDB, PostgreSQL and Redis: for themselves, for a network, and open to all."""

from __future__ import annotations

GOOD = """
systemctl enable mariadb postgresql redis-server
echo 'requirepass canary-redis-5b1f' >> /etc/redis/redis.conf
"""

CERTIFICATE = """
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=database -keyout /etc/ssl/db.key \
  -out /etc/ssl/db.crt 2>/dev/null
install -m 600 -o postgres /etc/ssl/db.key /etc/postgresql/15/main/server.key
install -m 600 -o mysql /etc/ssl/db.key /etc/mysql/server.key
install -m 600 -o redis /etc/ssl/db.key /etc/redis/server.key
"""

# They serve another host, at this one's own address, by TLS.
SERVED = (
    CERTIFICATE
    + """
systemctl enable mariadb postgresql redis-server
cat > /etc/mysql/mariadb.conf.d/99-lab.cnf <<'P'
[mysqld]
bind-address=database-served
ssl-cert=/etc/ssl/db.crt
ssl-key=/etc/mysql/server.key
P
cat > /etc/postgresql/15/main/conf.d/lab.conf <<'P'
listen_addresses = 'localhost,database-served'
ssl = on
ssl_cert_file = '/etc/ssl/db.crt'
ssl_key_file = '/etc/postgresql/15/main/server.key'
P
sed -i 's/^bind .*/bind 127.0.0.1 database-served/; s/^port .*/port 0/' /etc/redis/redis.conf
cat >> /etc/redis/redis.conf <<'P'
requirepass canary-redis-5b1f
tls-port 6379
tls-cert-file /etc/ssl/db.crt
tls-key-file /etc/redis/server.key
tls-ca-cert-file /etc/ssl/db.crt
P
"""
)

BAD = """
systemctl enable mariadb postgresql redis-server
cat > /etc/mysql/mariadb.conf.d/99-lab.cnf <<'P'
[mariadb]
bind-address=0.0.0.0
skip_grant_tables
P
cat > /etc/postgresql/15/main/conf.d/lab.conf <<'P'
listen_addresses = '*'
ssl = off
P
echo 'host all all 0.0.0.0/0 trust' >> /etc/postgresql/15/main/pg_hba.conf
sed -i 's/^bind .*/bind 0.0.0.0/; s/^protected-mode .*/protected-mode no/' /etc/redis/redis.conf
"""
