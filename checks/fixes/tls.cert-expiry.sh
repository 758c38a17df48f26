certbot renew --deploy-hook 'systemctl reload nginx'
