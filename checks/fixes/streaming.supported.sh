# what runs, and whether it is the distribution's package
dpkg -l icecast2 libnginx-mod-rtmp 2>/dev/null || rpm -q icecast nginx
# the distribution's package: its updates
apt-get update && apt-get install --only-upgrade icecast2 libnginx-mod-rtmp nginx
# what came from its maker (MediaMTX, SRS, Wowza): take the newest release from the maker's own page
