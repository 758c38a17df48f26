# The kernel's protections.  Run as root.  A host that routes between networks needs rp_filter = 2.
# In a container the kernel.* lines belong to the machine below it: run it there, too.
set -eu
RP_FILTER="${RP_FILTER:-1}"

FILE=/etc/sysctl.d/90-press-scan.conf
cat > "$FILE" <<S
kernel.randomize_va_space = 2
kernel.kptr_restrict = 2
kernel.dmesg_restrict = 1
net.ipv4.tcp_syncookies = 1
S
for where in all default $(ls /proc/sys/net/ipv4/conf | grep -vxE 'all|default|lo'); do
  name=$(echo "$where" | tr . /)
  cat >> "$FILE" <<S
net.ipv4.conf.$name.rp_filter = $RP_FILTER
net.ipv4.conf.$name.accept_redirects = 0
net.ipv4.conf.$name.send_redirects = 0
net.ipv4.conf.$name.accept_source_route = 0
S
  [ -d "/proc/sys/net/ipv6/conf/$where" ] && cat >> "$FILE" <<S
net.ipv6.conf.$name.accept_redirects = 0
net.ipv6.conf.$name.accept_source_route = 0
S
done
# Not sysctl(8): a container may not have it, and one line that is refused must not stop the rest.
while IFS='= ' read -r key value; do
  path=$(echo "$key" | tr ./ /.)
  echo "$value" > "/proc/sys/$path" 2>/dev/null || echo "Not taken: $key = $value" >&2
done < "$FILE"
