# Redis, /etc/redis/redis.conf
#   bind 127.0.0.1 -::1
#   protected-mode yes
#   requirepass LONG-RANDOM-PASSWORD
# MongoDB, /etc/mongod.conf
#   net: {bindIp: 127.0.0.1}
#   security: {authorization: enabled}
# Elasticsearch, elasticsearch.yml
#   network.host: 127.0.0.1
#   xpack.security.enabled: true
# Memcached, /etc/memcached.conf
#   -l 127.0.0.1
# Docker: remove -H tcp://0.0.0.0:2375 from the service; use ssh:// instead
# Kubelet, config.yaml
#   authentication: {anonymous: {enabled: false}}
#   readOnlyPort: 0
