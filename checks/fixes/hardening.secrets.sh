# Files with secrets are read by their owner and group alone.  Run as root.
set -eu
SITES="${SITES:-/var/www /srv/www}"
GROUP="${GROUP:-www-data}"   # the account that runs PHP; nginx or apache in Red Hat's family

getent group "$GROUP" >/dev/null || GROUP=$(getent group apache nginx | cut -d: -f1 | head -n 1)
for file in /etc/shadow /etc/shadow- /etc/gshadow /etc/gshadow- /etc/ssh/ssh_host_*_key \
  /etc/ssl/private/* /etc/pki/tls/private/* /etc/letsencrypt/archive/*/privkey*.pem \
  /etc/letsencrypt/keys/* /root/.my.cnf /root/.pgpass /home/*/.my.cnf /home/*/.pgpass \
  /etc/mysql/debian.cnf /etc/redis/redis.conf /etc/wordpress/config-*.php \
  /etc/phpmyadmin/config-db.php $(sed -nE \
    's/^[[:space:]]*(ssl_certificate_key|SSLCertificateKeyFile)[[:space:]]+"?([^";]+)"?;?.*$/\2/p' \
    /etc/nginx/nginx.conf /etc/nginx/conf.d/* /etc/nginx/sites-enabled/* /etc/nginx/snippets/* \
    /etc/apache2/sites-enabled/* /etc/apache2/conf-enabled/* /etc/httpd/conf.d/* 2>/dev/null); do
  [ -f "$file" ] && chmod o-rwx -- "$file"
done
for site in $SITES; do
  [ -d "$site" ] || continue
  find "$site" -xdev -maxdepth 6 -type f \( -name wp-config.php -o -name configuration.php \
    -o -path '*/sites/*/settings*.php' -o -name .env -o -name config_global.php \
    -o -name LocalConfiguration.php -o -name config.inc.php -o -name database.yml \
    -o -name parameters.yml -o -name settings.inc.php -o -name .my.cnf -o -name .pgpass \) \
    -exec chgrp "$GROUP" {} + -exec chmod g+r,o-rwx {} +
done
