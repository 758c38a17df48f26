# prints what to write into the script element's integrity attribute
curl -fsS https://cdn.example.net/library.js | openssl dgst -sha384 -binary | openssl base64 -A |
  sed 's/^/sha384-/'; echo
