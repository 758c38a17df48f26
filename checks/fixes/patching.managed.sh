#!/bin/sh
# Fetch packages through a cache or mirror of the agency's own (apt-cacher-ng, aptly, reposync).
# Then declare it in the inventory, under the asset's `mirrors`.
set -eu
MIRROR="${MIRROR:-}" # the proxy's address: http://mirror.bao.test:3142

if [ -z "$MIRROR" ]; then
    echo "Set MIRROR to the address of your package proxy, and run this again." >&2
    exit 1
fi
if command -v apt-get >/dev/null; then
    printf 'Acquire::http::Proxy "%s";\nAcquire::https::Proxy "%s";\n' "$MIRROR" "$MIRROR" \
        >/etc/apt/apt.conf.d/60press-scan-mirror
elif command -v dnf >/dev/null; then
    echo "Copy your mirror's .repo file to /etc/yum.repos.d, and set enabled=0 in the others." >&2
    exit 1
fi
