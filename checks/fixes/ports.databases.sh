# Redis, /etc/redis/redis.conf
#   bind 127.0.0.1 -::1
# MariaDB, /etc/mysql/mariadb.conf.d/50-server.cnf
#   bind-address = 127.0.0.1
# PostgreSQL, postgresql.conf
#   listen_addresses = 'localhost'
# Memcached, /etc/memcached.conf
#   -l 127.0.0.1
#   -U 0
# and in the firewall
ufw deny proto tcp to any port 3306,5432,6379,9200,11211,27017
