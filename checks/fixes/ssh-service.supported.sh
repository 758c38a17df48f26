# Debian, Ubuntu
apt-get update && apt-get install --only-upgrade openssh-server
# RHEL, AlmaLinux, Rocky
dnf upgrade openssh-server
