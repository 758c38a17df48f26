# In the zone: two servers that both carry the stream, or the name that your CDN gave you.
#   live.example.vn.  60  IN  A      203.0.113.5
#   live.example.vn.  60  IN  A      198.51.100.5
dig +short live.example.vn
