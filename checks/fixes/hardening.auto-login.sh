# Nobody is logged in without a password.  Run as root.
set -eu

grep -rlE '^[[:space:]]*ExecStart=.*(autologin|getty .*-[a-zA-Z]*a )' /etc/systemd/system 2>/dev/null |
while read -r file; do
  case $file in
    *.d/*.conf) rm -f "$file" ;;                       # a drop-in of somebody's
    *) sed -i -E 's/ (--autologin|-a) +[^ ]+//' "$file" ;;  # a unit of somebody's
  esac
done
for file in /etc/gdm/custom.conf /etc/gdm3/daemon.conf /etc/gdm3/custom.conf; do
  [ -e "$file" ] && sed -i -E 's/^[[:space:]]*((Automatic|Timed)LoginEnable)[[:space:]]*=.*/\1=false/I' "$file"
done
for file in /etc/lightdm/lightdm.conf /etc/lightdm/lightdm.conf.d/* /etc/lxdm/lxdm.conf; do
  [ -e "$file" ] && sed -i -E 's/^[[:space:]]*(autologin(-user)?)[[:space:]]*=/#\1=/' "$file"
done
for file in /etc/sddm.conf /etc/sddm.conf.d/*; do
  [ -e "$file" ] && sed -i -E '/^\[Autologin\]/,/^\[/ s/^[[:space:]]*User[[:space:]]*=/#User=/' "$file"
done
systemctl disable --now debug-shell.service 2>/dev/null || true
systemctl daemon-reload
systemctl try-restart 'getty@*' 'serial-getty@*' 'console-getty' 2>/dev/null || true
