openssl ecparam -name prime256v1 -genkey -noout -out site.key
openssl req -new -key site.key -subj /CN=www.example.vn -addext subjectAltName=DNS:www.example.vn,DNS:example.vn -out site.csr
