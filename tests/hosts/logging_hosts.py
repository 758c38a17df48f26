"""How the hosts of test_logging.py are set up: shell scripts, run as root before the host boots."""

CHRONY = """
mkdir -p /etc/systemd/system/chrony.service.d
printf '[Unit]\\nConditionCapability=\\n' >/etc/systemd/system/chrony.service.d/lab.conf
echo 'DAEMON_OPTS="-x"' >/etc/default/chrony
rm -f /etc/chrony/sources.d/* /etc/dhcp/dhclient-exit-hooks.d/chrony
systemctl enable chrony
"""
DHCP = """
cat >/etc/dhcp/dhcpd.conf <<'EOF'
subnet 198.18.0.0 netmask 255.254.0.0 { }
EOF
echo 'INTERFACESv4="eth0"' >/etc/default/isc-dhcp-server
printf '[Unit]\\nWants=network.target\\n' >/dev/null
systemctl enable isc-dhcp-server
"""

SINK = (
    CHRONY
    + """
printf 'local stratum 3\\nallow all\\n' >/etc/chrony/chrony.conf
cat >/etc/rsyslog.d/10-sink.conf <<'EOF'
module(load="imtcp")
input(type="imtcp" port="514")
EOF
systemctl enable rsyslog
"""
)

GOOD = (
    CHRONY
    + DHCP
    + """
printf 'server logging-sink iburst minpoll 0 maxpoll 2\\ndriftfile /var/lib/chrony/drift\\n' \
    >/etc/chrony/chrony.conf
cat >/etc/rsyslog.d/90-remote.conf <<'EOF'
*.* action(type="omfwd" target="logging-sink" port="514" protocol="tcp"
    action.resumeRetryCount="-1" queue.type="linkedList" queue.filename="sink")
EOF
sed -i 's/rotate 4/rotate 14/' /etc/logrotate.d/rsyslog
sed -i 's/rotate 14/rotate 100/' /etc/logrotate.d/nginx /etc/logrotate.d/apache2
mkdir -p /var/log/journal
cat >/etc/mysql/mariadb.conf.d/90-audit.cnf <<'EOF'
[mysqld]
plugin_load_add = server_audit
server_audit_logging = ON
server_audit_events = CONNECT
EOF
cat >/etc/nginx/sites-enabled/two <<'EOF'
server {
    listen 8080;
    server_name "two.bao.test";
    root /var/www/html;
    access_log /var/log/nginx/two.access.log combined;
    location = /favicon.ico { access_log off; }
}
EOF
chmod 750 /var/log/nginx
systemctl enable rsyslog nginx mariadb logrotate.timer
"""
)

BAD = (
    CHRONY
    + """
printf 'server 198.18.255.254 iburst\\n' >/etc/chrony/chrony.conf
dpkg --purge --force-depends auditd >/dev/null 2>&1
cat >/etc/rsyslog.conf <<'EOF'
module(load="imuxsock")
$FileOwner root
$FileGroup adm
$FileCreateMode 0644
*.*;auth,authpriv.none -/var/log/syslog
$IncludeConfig /etc/rsyslog.d/*.conf
EOF
echo '*.* @@logging-sink:5999' >/etc/rsyslog.d/90-remote.conf
mkdir -p /etc/systemd/journald.conf.d
printf '[Journal]\\nStorage=volatile\\n' >/etc/systemd/journald.conf.d/lab.conf
cat >/etc/nginx/sites-enabled/quiet <<'EOF'
server { listen 8080; server_name quiet.bao.test; access_log off; root /var/www/html; }
EOF
systemctl enable rsyslog nginx postgresql
"""
)

SILENT = (
    DHCP
    + """
mkdir -p /etc/systemd/journald.conf.d
printf '[Journal]\\nStorage=none\\n' >/etc/systemd/journald.conf.d/lab.conf
rm -f /var/log/syslog /var/log/auth.log
sed -i 's,CustomLog .*,CustomLog /dev/null combined,' /etc/apache2/sites-enabled/000-default.conf
systemctl disable rsyslog
systemctl enable apache2
"""
)
