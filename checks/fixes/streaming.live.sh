# Has the playlist moved on within half a minute?  Run it from cron, and have it raise an alarm.
url=https://live.example.vn/hls/live.m3u8
first=$(curl -fsS "$url" | grep EXT-X-MEDIA-SEQUENCE); sleep 30
[ "$first" != "$(curl -fsS "$url" | grep EXT-X-MEDIA-SEQUENCE)" ] || echo "$url stands still"
