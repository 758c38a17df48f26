mkdir -p /var/www/html/.well-known
printf 'Contact: mailto:security@example.vn\nExpires: %s\nPreferred-Languages: vi, en\n' \
  "$(date -u -d '+11 months' +%Y-%m-%dT%H:%M:%SZ)" > /var/www/html/.well-known/security.txt
