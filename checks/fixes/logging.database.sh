# Have databases record log-ins and errors.  As root.  Each one that runs is restarted: choose the
# hour.  (MongoDB: not tried by our tests.)
set -eu
if pgrep -x mariadbd >/dev/null; then
    for folder in /etc/mysql/mariadb.conf.d /etc/my.cnf.d; do
        [ -d "$folder" ] || continue
        cat >"$folder/zz-press-scan-log.cnf" <<'EOF'
[mysqld]
plugin_load_add = server_audit
server_audit_logging = ON
server_audit_events = CONNECT
server_audit_output_type = syslog
log_warnings = 2
EOF
    done
    systemctl restart mariadb
elif pgrep -x mysqld >/dev/null; then
    # MySQL's own audit plug-in is sold: the general log records log-ins, and every query.  It grows.
    for folder in /etc/mysql/mysql.conf.d /etc/my.cnf.d; do
        [ -d "$folder" ] || continue
        cat >"$folder/zz-press-scan-log.cnf" <<'EOF'
[mysqld]
general_log = ON
log_error_verbosity = 3
EOF
    done
    systemctl restart mysql || systemctl restart mysqld
fi
if pgrep -x postgres >/dev/null || pgrep -x postmaster >/dev/null; then
    for file in /etc/postgresql/*/*/postgresql.conf /var/lib/pgsql/data/postgresql.conf \
        /var/lib/pgsql/*/data/postgresql.conf; do
        [ -f "$file" ] || continue
        sed -i -E '/^[[:space:]]*(log_connections|log_disconnections|log_min_messages)[[:space:]]*=/s/^/#/' "$file"
        sed -i '/^# press-scan: record log-ins$/,/^# press-scan: end$/d' "$file"
        printf '%s\n' '# press-scan: record log-ins' 'log_connections = on' \
            'log_disconnections = on' 'log_min_messages = warning' '# press-scan: end' >>"$file"
    done
    systemctl restart postgresql
fi
if pgrep -x redis-server >/dev/null && [ -f /etc/redis/redis.conf ]; then
    mkdir -p /var/log/redis
    chown redis:adm /var/log/redis
    sed -i -E 's,^logfile[[:space:]]+"?/dev/null"?,logfile /var/log/redis/redis-server.log,' \
        /etc/redis/redis.conf
    systemctl restart redis-server
fi
if pgrep -x mongod >/dev/null && [ -f /etc/mongod.conf ]; then
    sed -i -E 's/^([[:space:]]*quiet[[:space:]]*:[[:space:]]*)true/\1false/' /etc/mongod.conf
    systemctl restart mongod
fi
