# AppArmor or SELinux in enforcing mode.  Run as root.  A container takes its host's: run it there.
# Look at what would be refused first: journalctl -k | grep -i apparmor, or ausearch -m avc.
set -eu

if command -v getenforce >/dev/null; then   # Red Hat's family
  sed -i 's/^SELINUX=.*/SELINUX=enforcing/' /etc/selinux/config
  [ "$(getenforce)" = Disabled ] && { echo "Restart the host: its files get their labels then." >&2; exit 1; }
  setenforce 1
  exit 0
fi
command -v apparmor_parser >/dev/null || apt-get install -y apparmor apparmor-utils
if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" != Y ]; then
  echo "Add apparmor=1 security=apparmor to the kernel's parameters, and restart the host." >&2
  exit 1
fi
systemctl enable apparmor
for profile in /etc/apparmor.d/*; do
  [ -f "$profile" ] || continue
  rm -f "/etc/apparmor.d/force-complain/${profile##*/}"
  apparmor_parser -r "$profile" || echo "Not loaded: $profile" >&2
done
