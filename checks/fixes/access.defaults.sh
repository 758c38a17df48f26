# Default and shared accounts lose their password.  Give each person an account of his own first.
set -eu
for name in ${ACCOUNTS:-admin administrator test oracle ubuntu debian centos ec2-user vagrant pi guest user demo support}; do
    if getent shadow "$name" >/dev/null; then usermod -p '!' "$name"; fi
done
