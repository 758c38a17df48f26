# OpenDKIM, as root: a key, its record for the zone, and the selector's name
opendkim-genkey --bits=2048 --selector=mail2026 --domain=example.vn --directory=/etc/dkimkeys
cat /etc/dkimkeys/mail2026.txt
# then in the inventory: zones: [{name: example.vn, dkim: [mail2026]}]
