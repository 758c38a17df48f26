# Accounts without a password, or with a DES or MD5 hash, are locked: give them new passwords then.
set -eu
awk -F: '$2 == "" || $2 ~ /^\$(1|3|md5)/ || $2 ~ /^[.\/0-9A-Za-z]{13}$/ || length($2) == 13 && $2 !~ /^[!*$]/ { print $1 }' /etc/shadow |
while read -r name; do
    usermod -p '!' "$name"
    echo "locked: $name"
done
