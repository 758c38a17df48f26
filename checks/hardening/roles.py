"""Which programs a host of a role needs to listen.  Our own words; packages' usual names."""

from __future__ import annotations

from collections.abc import Mapping


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# On any host: administration, time, names, addresses, monitoring, backup and anti-malware agents.
EVERY = _names(
    """
    sshd dropbear chronyd ntpd ntpsec openntpd systemd-timesync systemd-resolve systemd-network
    NetworkManager dhclient dhcpcd udhcpc rsyslogd
    zabbix_agentd zabbix_agent2 node_exporter prometheus-node-exporter netdata telegraf snmpd
    cmk-agent-ctl nrpe munin-node icinga2 alloy grafana-agent otelcol collectd
    wazuh-agentd osqueryd falcon-sensor mdatp klnagent ossec-agentd
    bacula-fd bareos-fd veeamservice veeamagent fail2ban-server crowdsec
    """
)
WEB = _names(
    """
    nginx openresty apache2 httpd httpd-prefork httpd-worker httpd-event lighttpd caddy haproxy
    varnishd litespeed lshttpd openlitespeed traefik envoy php-fpm node gunicorn uwsgi java
    passenger puma unicorn Kestrel dotnet hitch angie
    """
)
ROLES: Mapping[str, frozenset[str]] = {
    "web": WEB,
    "cms": WEB,
    "streaming": WEB
    | _names(
        """
        srs mediamtx icecast2 icecast shoutcast sc_serv ffmpeg WowzaStreamingEngine ant-media
        gst-rtsp-server srt-live-transmit sls node-media-server janus owncast nimble liquidsoap
        flussonic red5 rtsp-simple-server OvenMediaEngine
        """
    ),
    "mail": _names(
        """
        master smtpd postfix exim4 exim sendmail dovecot imap-login pop3-login amavisd opendkim
        rspamd clamd opendmarc zmmailboxd
        """
    ),
    "dns": _names("named nsd unbound knotd pdns_server pdns_recursor kresd dnsmasq"),
    "database": _names(
        """
        mysqld mariadbd postgres postmaster mongod mongos redis-server redis-sentinel valkey-server
        memcached pgbouncer maxscale proxysql sqlservr oracle tnslsnr
        """
    ),
    "vpn": _names("openvpn charon pluto ocserv wireguard strongswan xl2tpd"),
    "file": _names(
        """
        smbd nmbd winbindd nfsd rpc.mountd rpc.statd rpcbind rsync vsftpd proftpd pure-ftpd minio
        """
    ),
    "monitoring": _names(
        """
        zabbix_server zabbix_proxy prometheus alertmanager grafana grafana-server graylog
        wazuh-remoted wazuh-authd wazuh-modulesd wazuh-db elasticsearch opensearch java kibana node
        nagios syslog-ng rsyslogd loki influxd systemd-journal-remote
        """
    )
    | WEB,
    "backup": _names(
        """
        bacula-dir bacula-sd bareos-dir bareos-sd rest-server restic rsync proxmox-backup
        proxmox-backup-proxy barman pgbackrest urbackupsrv minio
        """
    ),
    "bastion": _names("teleport guacd java"),
}


def needed(roles: tuple[str, ...], declared: tuple[str, ...]) -> frozenset[str]:
    """Every program that may listen on a host of these roles, as the kernel cuts names: at 15."""
    names = EVERY.union(*(ROLES.get(role, frozenset()) for role in roles), declared)
    return frozenset(part for name in names for part in (name, name[:15]))
